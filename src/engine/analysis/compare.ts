// Compares two tensors element by element, exactly, under |b − a| ≤ atol + rtol·|a|. Sums are in f64; A is the reference.
import { bitsOf } from '../tensor/bits.ts';
import { unravel } from '../tensor/shape.ts';
import { ulpDistanceOfBits } from '../tensor/ulp.ts';
import { type Aligned, align, type Values } from './align.ts';
import type { ComparisonSummary, WorstElement } from './comparison.ts';

export type Rule = { readonly atol: number; readonly rtol: number };

/** Compares captures of one hook; null where their shapes do not go together. */
export function compareTensors(a: Values, b: Values, rule: Rule): ComparisonSummary | null {
  const pair = align(a, b);
  return pair && compareAligned(pair, rule);
}

/** Finds the elements that part most: by |b − a|, largest first; elements of equal bits are left out. */
export function worstElements(a: Values, b: Values, count: number): WorstElement[] {
  const pair = align(a, b);
  if (!pair) return [];
  const [bitsA, bitsB] = [bitsOf(pair.a), bitsOf(pair.b)];
  const differing: number[] = [];
  for (let i = 0; i < bitsA.length; i++) if (bitsA[i] !== bitsB[i]) differing.push(i);
  const gap = (i: number): number => gapOf(pair.a[i] ?? 0, pair.b[i] ?? 0);
  differing.sort((i, j) => gap(j) - gap(i) || i - j);
  return differing.slice(0, count).map((i) => ({
    index: unravel(i, pair.shape),
    a: pair.a[i] ?? 0,
    b: pair.b[i] ?? 0,
    bitsA: bitsA[i] ?? 0,
    bitsB: bitsB[i] ?? 0,
    ulp: ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0),
  }));
}

type Tally = {
  mismatched: number;
  bitEqual: number;
  maxAbs: number;
  maxAbsAt: number;
  sumSquares: number; // of b − a
  sumA: number; // of a²
  sumB: number;
  sumAB: number;
  nonFiniteA: number;
  nonFiniteB: number;
  smallestAtol: number;
};

function compareAligned(pair: Aligned, rule: Rule): ComparisonSummary {
  const n = pair.a.length;
  const ulps = new Float64Array(n);
  const tally = tallyOf(pair, rule, ulps);
  const equal = tally.bitEqual === n;
  if (!equal) ulps.sort();
  const rank = (share: number): number => (n === 0 ? 0 : (ulps[Math.min(n - 1, Math.ceil(share * n) - 1)] ?? 0));
  const norm = Math.sqrt(tally.sumA);
  const distance = Math.sqrt(tally.sumSquares);
  return {
    verdict: equal ? 'bit-identical' : tally.mismatched === 0 ? 'within' : 'outside',
    n,
    mismatched: tally.mismatched,
    bitEqual: tally.bitEqual,
    maxAbs: tally.maxAbs,
    maxAbsIndex: equal ? [] : unravel(tally.maxAbsAt, pair.shape),
    rms: n === 0 ? 0 : distance / Math.sqrt(n),
    relL2: distance === 0 ? 0 : distance / norm,
    sqnrDb: distance === 0 ? Number.POSITIVE_INFINITY : 20 * Math.log10(norm / distance),
    cosine: equal ? 1 : tally.sumAB / Math.sqrt(tally.sumA * tally.sumB),
    ulpMedian: equal ? 0 : rank(0.5),
    ulpP99: equal ? 0 : rank(0.99),
    ulpMax: equal ? 0 : rank(1),
    nonFiniteA: tally.nonFiniteA,
    nonFiniteB: tally.nonFiniteB,
    smallestAtol: tally.smallestAtol,
  };
}

function tallyOf(pair: Aligned, rule: Rule, ulps: Float64Array): Tally {
  const [bitsA, bitsB] = [bitsOf(pair.a), bitsOf(pair.b)];
  const tally: Tally = {
    mismatched: 0,
    bitEqual: 0,
    maxAbs: 0,
    maxAbsAt: 0,
    sumSquares: 0,
    sumA: 0,
    sumB: 0,
    sumAB: 0,
    nonFiniteA: 0,
    nonFiniteB: 0,
    smallestAtol: 0,
  };
  let largestGap = -1;
  for (let i = 0; i < pair.a.length; i++) {
    const a = pair.a[i] ?? 0;
    const b = pair.b[i] ?? 0;
    const sameBits = bitsA[i] === bitsB[i];
    if (sameBits) tally.bitEqual += 1;
    const bothMasked = sameBits && a === Number.NEGATIVE_INFINITY; // a masked score is no fault
    if (!Number.isFinite(a) && !bothMasked) tally.nonFiniteA += 1;
    if (!Number.isFinite(b) && !bothMasked) tally.nonFiniteB += 1;
    if (Number.isFinite(a) && Number.isFinite(b)) {
      tally.sumA += a * a;
      tally.sumB += b * b;
      tally.sumAB += a * b;
      tally.sumSquares += (b - a) ** 2;
    }
    if (sameBits) continue;
    const gap = gapOf(a, b);
    ulps[i] = ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0);
    if (fails(a, b, rule)) tally.mismatched += 1;
    tally.smallestAtol = Math.max(tally.smallestAtol, slackOf(a, b, rule.rtol));
    if (gap > largestGap) {
      largestGap = gap;
      tally.maxAbs = gap;
      tally.maxAbsAt = i;
    }
  }
  return tally;
}

/** Tells whether an element is outside the rule; where the gap is infinite, whatever a is. */
export function fails(a: number, b: number, { atol, rtol }: Rule): boolean {
  const gap = gapOf(a, b);
  return gap === Number.POSITIVE_INFINITY || gap > atol + rtol * Math.abs(a);
}

/** |b − a| − rtol·|a|: the atol that this element asks for. */
export function slackOf(a: number, b: number, rtol: number): number {
  const gap = gapOf(a, b);
  return gap === Number.POSITIVE_INFINITY ? gap : gap === 0 ? 0 : gap - rtol * Math.abs(a);
}

/** |b − a|; infinite where just one is NaN or infinite, or they are infinite apart. */
export function gapOf(a: number, b: number): number {
  if (Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const gap = Math.abs(b - a);
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
}
