// Turns what the GPU counted of a pair (shared/tally.wgsl) into a ComparisonSummary. Counts, the largest difference and its index
// are exact; sums err by at most `sumRelativeBound`. What f32 cannot hold is told by `isBeyondF32`: such a pair is compared in f64.
import { LISTED, SUMMED } from '../kernels/compare.ts';
import { f32OfBits } from '../tensor/bits.ts';
import { type Shape, unravel } from '../tensor/shape.ts';
import { gamma } from '../tensor/tolerances.ts';
import { fails, gapOf, type Rule, slackOf } from './compare.ts';
import type { ComparisonSummary } from './comparison.ts';

export type Totals = {
  readonly mismatched: number;
  readonly uncertain: number;
  readonly bitEqual: number;
  readonly nonFiniteA: number;
  readonly nonFiniteB: number;
  readonly ulpMax: number;
  readonly ulpInfinite: number;
  readonly gap: number; // largest |b − a| as f32 has it
  readonly isGapAmbiguous: boolean;
  readonly gapAt: number; // −1 where all bits are equal
  readonly gapPair: readonly [a: number, b: number];
  readonly slackPair: readonly [a: number, b: number];
  readonly sums: {
    readonly dd: number;
    readonly aa: number;
    readonly ds: number; // Σ (b − a)·(b + a)
  };
  readonly listed: readonly (readonly [a: number, b: number])[]; // the uncertain ones, at most LISTED
};

const NONE = 0xffffffff;
const AMBIGUOUS = 2;

/** Reads a tally [TALLY_WORDS] and its list [LIST_WORDS]. */
export function readTotals(tally: Uint32Array, list: Uint32Array): Totals {
  const word = (at: number) => tally[at] ?? 0;
  const number = (at: number) => f32OfBits(word(at));
  const listed = Array.from({ length: Math.min(LISTED, list[0] ?? 0) }, (_, entry) => {
    return [f32OfBits(list[1 + 2 * entry] ?? 0), f32OfBits(list[2 + 2 * entry] ?? 0)] as const;
  });
  return {
    mismatched: word(0),
    uncertain: word(1),
    bitEqual: word(2),
    nonFiniteA: word(3),
    nonFiniteB: word(4),
    ulpMax: word(5),
    ulpInfinite: word(6),
    gap: number(7),
    isGapAmbiguous: (word(8) & AMBIGUOUS) !== 0,
    gapAt: word(9) === NONE ? -1 : word(9),
    gapPair: [number(10), number(11)],
    slackPair: [number(13), number(14)],
    sums: { dd: number(15), aa: number(16), ds: number(17) },
    listed,
  };
}

/** Sums of squares that keep clear of f32's ends, whatever of their terms was flushed to 0; and gaps whose squares do. */
const [SMALLEST, LARGEST] = [2 ** -80, 2 ** 104];
const SMALLEST_GAP = 2 ** -40;

/**
 * Tells whether f32 was not enough: numbers too large or too small to square, a doubtful largest difference, too many elements at the
 * rule's edge, or tensors so unlike in length that the products of theirs are lost in the longer one's squares.
 */
export function isBeyondF32(totals: Totals): boolean {
  const { gap, gapAt, sums } = totals;
  if (gapAt < 0) return false; // all bits are equal: there is nothing to sum
  const fits = (sum: number) => sum >= SMALLEST && sum < LARGEST;
  const [aa, bb] = [sums.aa, sums.aa + sums.ds];
  const gapFits = gap === 0 ? !hasHiddenGap(totals) : gap >= SMALLEST_GAP;
  const isUneven = aa > UNEVEN * bb || bb > UNEVEN * aa;
  return !fits(aa) || !fits(bb) || isUneven || !gapFits || totals.isGapAmbiguous || totals.uncertain > LISTED;
}

/** Squares of lengths further apart than this: f64 multiplies. The cosine's error is a share of the ratio of the lengths. */
const UNEVEN = 16;

/** A gap that came out 0 though the numbers differ was flushed. */
function hasHiddenGap({ gapPair: [a, b] }: Totals): boolean {
  return gapOf(a, b) !== 0;
}

/** Relative error of the sums of squares: inner sums, sums of them, lanes, workgroups, each merge one rounding. */
export function sumRelativeBound(n: number, workgroups: number, lanes: number): number {
  const perLane = Math.ceil(n / (workgroups * lanes));
  const chain = SUMMED + Math.ceil(perLane / SUMMED) + lanes + Math.ceil(workgroups / lanes) + lanes;
  return gamma(chain + 2); // a product's own rounding, and b − a's
}

export type Ranks = { readonly median: number; readonly p99: number };

/** Makes the summary of a pair of this shape; `ranks` are its ULP quantiles. */
export function summaryOf(totals: Totals, ranks: Ranks, shape: Shape, n: number, rule: Rule): ComparisonSummary {
  const equal = totals.bitEqual === n;
  const mismatched = totals.mismatched + totals.listed.filter(([a, b]) => fails(a, b, rule)).length;
  const { dd, aa } = totals.sums;
  const [distance, norm] = [Math.sqrt(dd), Math.sqrt(aa)];
  return {
    verdict: equal ? 'bit-identical' : mismatched === 0 ? 'within' : 'outside',
    n,
    mismatched,
    bitEqual: totals.bitEqual,
    maxAbs: totals.gapAt < 0 ? 0 : gapOf(...totals.gapPair),
    maxAbsIndex: totals.gapAt < 0 ? [] : unravel(totals.gapAt, shape),
    rms: n === 0 ? 0 : distance / Math.sqrt(n),
    relL2: distance === 0 ? 0 : distance / norm,
    sqnrDb: distance === 0 ? Number.POSITIVE_INFINITY : 20 * Math.log10(norm / distance),
    cosine: equal ? 1 : cosineOf(totals.sums),
    ulpMedian: equal ? 0 : ranks.median,
    ulpP99: equal ? 0 : ranks.p99,
    ulpMax: totals.ulpInfinite > 0 ? Number.POSITIVE_INFINITY : totals.ulpMax,
    nonFiniteA: totals.nonFiniteA,
    nonFiniteB: totals.nonFiniteB,
    smallestAtol: Math.max(0, slackOf(...totals.slackPair, rule.rtol)),
  };
}

/**
 * The cosine of a and b, from Σa², Σd² and Σ(b² − a²), d = b − a. Where they are near, 1 − cos = (Σd² − (‖b‖ − ‖a‖)²) / (2·‖a‖·‖b‖),
 * with ‖b‖ − ‖a‖ from Σ(b² − a²) summed as such: its error is then a share of the difference, not of 1. Else 2·Σab = Σa² + Σb² − Σd².
 */
function cosineOf({ dd, aa, ds }: Totals['sums']): number {
  const bb = aa + ds;
  const norms = Math.sqrt(aa) * Math.sqrt(bb);
  if (norms === 0 || dd > (aa + bb) / 16) return (aa + bb - dd) / (2 * norms);
  const longer = ds / (Math.sqrt(aa) + Math.sqrt(bb));
  return 1 - (dd - longer * longer) / (2 * norms);
}
