// The shape of a difference, beyond its largest element: how errors lie against magnitudes, how far apart in units in the last place,
// and the two figures that torch.testing.assert_close words. Exact. On the GPU: inspectTensors.ts.
import { bitsOf, bitsOfF32, f32OfBits } from '../tensor/bits.ts';
import { unravel } from '../tensor/shape.ts';
import { ulpDistanceOfBits } from '../tensor/ulp.ts';
import { align, type Values } from './align.ts';
import { fails, gapOf, type Rule } from './compare.ts';
import type { DifferenceShape, ErrorField, Greatest, UlpBin } from './comparison.ts';
import { binsOf, decadesOf, edgesBelow, innerEdges, type Magnitudes } from './fieldAxes.ts';

/** Describes how two tensors part; null where their shapes do not go together. */
export function differenceShape(a: Values, b: Values, rule: Rule): DifferenceShape | null {
  const pair = align(a, b);
  if (!pair) return null;
  const greatest = (of: (a: number, b: number) => number): Greatest | null => {
    let [at, most] = [-1, -1];
    for (let i = 0; i < pair.a.length; i++) {
      const [left, right] = [pair.a[i] ?? 0, pair.b[i] ?? 0];
      if (of(left, right) > most && fails(left, right, rule)) [at, most] = [i, of(left, right)];
    }
    return at < 0 ? null : { value: most, index: unravel(at, pair.shape) };
  };
  return {
    field: errorField(pair.a, pair.b),
    ulps: ulpBins(ulpCounts(pair.a, pair.b)),
    greatestAbsolute: greatest(gapOf),
    greatestRelative: greatest(relativeGap),
  };
}

/** |b − a| / |a|; infinite where the gap is, and where a alone is 0. */
export function relativeGap(a: number, b: number): number {
  const gap = gapOf(a, b);
  return gap === 0 || gap === Number.POSITIVE_INFINITY ? gap : gap / Math.abs(a);
}

function errorField(a: Float32Array, b: Float32Array): ErrorField {
  const gaps = a.map((value, i) => towardsZero(gapOf(value, b[i] ?? 0)));
  const [decadesX, decadesY] = [decadesOf(magnitudesOf(a)), decadesOf(magnitudesOf(gaps))];
  const [columns, rows] = [binsOf(decadesX), binsOf(decadesY)];
  const [edgesX, edgesY] = [innerEdges(decadesX), innerEdges(decadesY)];
  const counts = new Array<number>(columns * rows).fill(0);
  let [equal, apart] = [0, 0];
  gaps.forEach((gap, i) => {
    const magnitude = Math.abs(a[i] ?? 0);
    if (gap === 0) equal += 1;
    else if (magnitude === 0 || !Number.isFinite(magnitude) || !Number.isFinite(gap)) apart += 1;
    else {
      const at = edgesBelow(gap, edgesY) * columns + edgesBelow(magnitude, edgesX);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  });
  return { decadesX, decadesY, columns, rows, counts, equal, apart };
}

/** A gap as the nearest f32 that is not larger: against edges that are f32 it stands where the gap does. */
function towardsZero(gap: number): number {
  const near = Math.fround(gap);
  return near > gap ? f32OfBits(bitsOfF32(near) - 1) : near;
}

function magnitudesOf(values: Float32Array): Magnitudes {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude === 0 || !Number.isFinite(magnitude)) continue;
    least = Math.min(least, magnitude);
    most = Math.max(most, magnitude);
  }
  return { least: most === 0 ? 0 : least, most };
}

/** Elements by distance in ULP: a count a bin, and those where a NaN stands against a number. */
export type UlpCounts = { readonly counts: readonly number[]; readonly unordered: number };

function ulpCounts(a: Float32Array, b: Float32Array): UlpCounts {
  const [bitsA, bitsB] = [bitsOf(a), bitsOf(b)];
  const counts: number[] = [];
  let unordered = 0;
  for (let i = 0; i < bitsA.length; i++) {
    const isSame = bitsA[i] === bitsB[i]; // a NaN of the same bits too
    const distance = isSame ? 0 : ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0);
    if (distance === Number.POSITIVE_INFINITY) unordered += 1;
    else {
      const bin = distance === 0 ? 0 : 1 + Math.ceil(Math.log2(distance));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { counts, unordered };
}

/** The bins up to the last that holds an element, and one for NaN where there are any. */
export function ulpBins({ counts, unordered }: UlpCounts): UlpBin[] {
  const last = counts.findLastIndex((count) => count > 0);
  const bins = Array.from(counts.slice(0, last + 1), (count = 0, bin) => ({ ...ulpRange(bin), count }));
  const never = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, count: unordered };
  return unordered > 0 ? [...bins, never] : bins;
}

/** Distances of a bin: 0 alone, 1 alone, then (2^(n−1), 2^n]. */
function ulpRange(bin: number): { readonly from: number; readonly to: number } {
  if (bin === 0) return { from: 0, to: 0 };
  return { from: bin === 1 ? 1 : 2 ** (bin - 2) + 1, to: 2 ** (bin - 1) };
}
