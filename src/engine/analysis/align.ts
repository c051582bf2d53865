// Brings two captures of one hook to the same elements: split mode and kv: repeat add or multiply a head axis, compared by broadcast.
import { elementCount, type Shape, sameShape } from '../tensor/shape.ts';

export type Values = { readonly shape: Shape; readonly values: Float32Array };

export type Aligned = { readonly shape: Shape; readonly a: Float32Array; readonly b: Float32Array };

/** Repeats the smaller side's heads where only the head axis differs; null where the shapes do not go together. */
export function align(a: Values, b: Values): Aligned | null {
  if (sameShape(a.shape, b.shape)) return { shape: a.shape, a: a.values, b: b.values };
  if (withoutOnes(a.shape) === withoutOnes(b.shape)) return { shape: b.shape, a: a.values, b: b.values };
  const isSmallerA = elementCount(a.shape) < elementCount(b.shape);
  const [small, large] = isSmallerA ? [a, b] : [b, a];
  const repeated = repeatHeads(small, large.shape);
  if (!repeated) return null;
  return isSmallerA
    ? { shape: large.shape, a: repeated, b: large.values }
    : { shape: large.shape, a: large.values, b: repeated };
}

/** Whether two shapes of one hook can be compared, by broadcast over heads where need be. */
export function shapesAlign(a: Shape, b: Shape): boolean {
  if (withoutOnes(a) === withoutOnes(b)) return true;
  const [small, large] = elementCount(a) < elementCount(b) ? [a, b] : [b, a];
  return headsRepeat(small, large);
}

/** A shape that tells axes of extent 1 apart from none at all: one kv head, or one token. */
function withoutOnes(shape: Shape): string {
  return shape.filter((extent) => extent !== 1).join(' ');
}

/** [pos, d] or [pos, kv_heads, d] to [pos, heads, d]; null where that is not how they differ. */
function repeatHeads(small: Values, target: Shape): Float32Array | null {
  if (!headsRepeat(small.shape, target)) return null;
  const heads = target.at(-2) ?? 1;
  const width = target.at(-1) ?? 1;
  const smallHeads = headsOf(small.shape, target);
  const rows = elementCount(target) / (heads * width);
  const out = new Float32Array(elementCount(target));
  for (let i = 0; i < rows * heads; i++) {
    const from = (Math.floor(i / heads) * smallHeads + Math.floor(((i % heads) * smallHeads) / heads)) * width;
    out.set(small.values.subarray(from, from + width), i * width);
  }
  return out;
}

/** Heads of the smaller shape: 1 where it has no such axis. */
function headsOf(small: Shape, target: Shape): number {
  return small.length === target.length ? (small.at(-2) ?? 1) : 1;
}

/** Whether `target` is `small` with its heads repeated: the same rows, the same width, a multiple of the heads. */
function headsRepeat(small: Shape, target: Shape): boolean {
  const [heads, width, smallHeads] = [target.at(-2) ?? 1, target.at(-1) ?? 1, headsOf(small, target)];
  if ((small.at(-1) ?? 1) !== width || heads % smallHeads !== 0) return false;
  return elementCount(small) === (elementCount(target) / heads) * smallHeads;
}
