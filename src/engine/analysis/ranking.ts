// The elements of a tensor in an order of the reader's choice: the rows of the Table. Ties stand in order of index.
import { bitsOf } from '../tensor/bits.ts';
import { type Shape, unravel } from '../tensor/shape.ts';
import { ulpDistanceOfBits } from '../tensor/ulp.ts';
import { align, type Values } from './align.ts';

/** By index, or by size, largest first: |a|, |b|, |b − a|, distance in ULP. */
export type RankBy = 'index' | 'a' | 'b' | 'difference' | 'ulp';

export type RankedElement = {
  readonly index: readonly number[];
  readonly a: number | null; // null where that run has no such tensor
  readonly b: number | null;
  readonly ulp: number | null;
};

export type Ranking = {
  readonly shape: Shape;
  readonly n: number; // elements of the tensor
  readonly elements: readonly RankedElement[];
};

/** Ranks the elements of one or both runs' tensor; at most `count` of them. Throws where there is none, or their shapes do not go together. */
export function rankElements(a: Values | null, b: Values | null, by: RankBy, count: number): Ranking {
  const one = a ?? b;
  if (!one) throw new Error('internal: a ranking of no tensor was asked for');
  const pair = a && b ? align(a, b) : { shape: one.shape, a: one.values, b: one.values };
  if (!pair) throw new Error(`A is [${a?.shape}], B is [${b?.shape}]: their elements do not pair.`);
  const [bitsA, bitsB] = [bitsOf(pair.a), bitsOf(pair.b)];
  const n = pair.a.length;
  const keys: Record<RankBy, (i: number) => number> = {
    index: (i) => -i,
    a: (i) => magnitude(pair.a[i] ?? 0),
    b: (i) => magnitude(pair.b[i] ?? 0),
    difference: (i) => magnitude((pair.b[i] ?? 0) - (pair.a[i] ?? 0), bitsA[i] === bitsB[i]),
    ulp: (i) => ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0),
  };
  const elements = largest(n, count, keys[by]).map((i) => ({
    index: unravel(i, pair.shape),
    a: a ? (pair.a[i] ?? 0) : null,
    b: b ? (pair.b[i] ?? 0) : null,
    ulp: a && b ? ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0) : null,
  }));
  return { shape: pair.shape, n, elements };
}

/** |x|, with NaN above all; 0 where the bits are equal (−∞ − −∞ is NaN, but no difference). */
function magnitude(x: number, areEqual = false): number {
  if (areEqual) return 0;
  return Number.isNaN(x) ? Number.POSITIVE_INFINITY : Math.abs(x);
}

/** The places of the `count` largest keys, largest first. One sort of the keys finds the threshold: no comparator over millions. */
function largest(n: number, count: number, keyOf: (i: number) => number): number[] {
  const keys = Float64Array.from({ length: n }, (_, i) => keyOf(i));
  const threshold = n <= count ? Number.NEGATIVE_INFINITY : (keys.slice().sort()[n - count] ?? 0);
  const above: number[] = [];
  const level: number[] = [];
  for (let i = 0; i < n; i++) {
    const key = keys[i] ?? 0;
    if (key > threshold) above.push(i);
    else if (key === threshold && level.length < count) level.push(i);
  }
  return [...above.sort((i, j) => (keys[j] ?? 0) - (keys[i] ?? 0) || i - j), ...level].slice(0, count);
}
