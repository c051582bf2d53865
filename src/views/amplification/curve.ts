// The curve of amplification as numbers: a point a block for its factor and its two parts', on a logarithmic axis with 1 on it. Pure.
import { scaleLog } from 'd3-scale';
import { type BlockAmplification, type Factors, factorsOf } from '../../engine/index.ts';

export type PointOf = keyof Factors;

export const PARTS = [
  { id: 'block', label: 'whole block' },
  { id: 'attention', label: 'attention' },
  { id: 'mlp', label: 'MLP' },
] as const satisfies readonly { readonly id: PointOf; readonly label: string }[];

export type Point = { readonly at: number; readonly factor: number }; // at: place in the list of blocks

/** The points of one part; blocks that have no such factor are left out, and so is a factor of 0, which no such axis has. */
export function pointsOf(blocks: readonly BlockAmplification[], part: PointOf): Point[] {
  return blocks.flatMap((block, at) => {
    const factor = factorsOf(block)[part];
    return factor !== null && factor > 0 && Number.isFinite(factor) ? [{ at, factor }] : [];
  });
}

/** The parts that these blocks have: where attention and MLP are parallel there is the whole block alone. */
export function partsOf(blocks: readonly BlockAmplification[]): readonly (typeof PARTS)[number][] {
  return PARTS.filter(({ id }) => pointsOf(blocks, id).length > 0);
}

/** The axis from `bottom` to `top`: every factor and 1, out to whole powers of two and a little beyond. */
export function factorScale(blocks: readonly BlockAmplification[], bottom: number, top: number) {
  const factors = [1, ...PARTS.flatMap(({ id }) => pointsOf(blocks, id).map(({ factor }) => factor))];
  const [low, high] = [Math.floor(Math.log2(Math.min(...factors))), Math.ceil(Math.log2(Math.max(...factors)))];
  return scaleLog([2 ** (low === high ? low - 1 : low), 2 ** (high + (low === high ? 1 : 0))], [bottom, top]).base(2);
}

/** Factors to write along the axis: powers of two, at most `most` of them, 1 among them. */
export function factorTicks([low, high]: readonly [number, number], most: number): number[] {
  const [from, to] = [Math.round(Math.log2(low)), Math.round(Math.log2(high))];
  const step = Math.max(1, Math.ceil((to - from + 1) / Math.max(1, most)));
  const first = Math.ceil(from / step) * step; // multiples of the step: 2⁰ is one
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => 2 ** (first + i * step));
}
