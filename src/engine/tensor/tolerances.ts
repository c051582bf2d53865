// Derived bounds: how far an f32 result may lie from the exact one, each with the roundings that it pays for. Nothing here is tuned.
// Notation of Higham, Accuracy and Stability, ch. 3: u the unit roundoff, γ_n = n·u / (1 − n·u) for n roundings in a row.
// GPU functions: WGSL's own accuracy table (section "Floating Point Accuracy"), see NUMERICS. 1 ULP is at most 2·u of the value.
import { ulpOf } from './ulp.ts';

/** Half a ULP of 1 in f32. */
export const UNIT_ROUNDOFF = 2 ** -24;

/** Smallest normal f32: below it a GPU may flush to zero. */
export const SMALLEST_NORMAL = 2 ** -126;

/**
 * Portable arithmetic makes smaller products +0. Every f32 value then lies on a grid of 2⁻¹²³, so that no sum is ever below the normal
 * range: whether an adapter flushes such numbers, and how, changes no bit (docs/decisions/006).
 */
export const SMALLEST_PRODUCT = 2 ** -100;

/**
 * Rounding to a narrower type: `unit`, half a ULP of 1; `leastError`, half the smallest subnormal; `largest`, the largest finite number,
 * beyond which a result may be infinite.
 */
export const TYPE_ROUNDING = {
  f16: { unit: 2 ** -11, leastError: 2 ** -25, largest: 65_504 },
  bf16: { unit: 2 ** -8, leastError: 2 ** -134, largest: (2 - 2 ** -7) * 2 ** 127 },
} as const;

/** Relative error of WGSL's division, 2.5 ULP, and inverseSqrt, 2 ULP; sqrt is 1 / inverseSqrt, and inherits both. */
export const DIVISION = 2.5 * 2 * UNIT_ROUNDOFF;
const INVERSE_SQRT = 2 * 2 * UNIT_ROUNDOFF;
const SQUARE_ROOT = INVERSE_SQRT + DIVISION;

/** γ_n: the relative error that n roundings in a row can build up. */
export function gamma(nRoundings: number): number {
  const nu = nRoundings * UNIT_ROUNDOFF;
  return nu / (1 - nu);
}

/**
 * Bound on a sum of n products in f32, in any order, fused or not: each term meets its own rounding and at most n − 1 additions,
 * and may be flushed. `sumAbs` is Σ|x·w|, with the bias as one more term in both.
 */
export function productBound(nTerms: number, sumAbs: number): number {
  return gamma(nTerms) * sumAbs + 2 * nTerms * SMALLEST_NORMAL;
}

/**
 * Bound on x / scale of RMSNorm, without its weight: the mean square is a sum of d non-negative terms (γ_(d+2), halved by the root),
 * then inverseSqrt or sqrt and division, then one product.
 */
export function rmsNormBound(d: number, normalizedAbs: number): number {
  return normalizedAbs * (gamma(d + 2) / 2 + INVERSE_SQRT + DIVISION + 2 * UNIT_ROUNDOFF) + SMALLEST_NORMAL;
}

/**
 * Bound on (x − μ) / scale of LayerNorm, without weight and bias. μ errs by γ_(d+1)·mean|x| and centring rounds once; as ‖c + e‖ lies
 * within ‖e‖ of ‖c‖, the scale errs by no more than a centred value does, besides RMSNorm's roundings.
 */
export function layerNormBound(
  d: number,
  meanAbs: number,
  maxAbs: number,
  scale: number,
  normalizedAbs: number,
): number {
  const centring = (gamma(d + 1) * meanAbs + 2 * UNIT_ROUNDOFF * maxAbs) / scale;
  return centring * (1 + normalizedAbs) * 1.01 + rmsNormBound(d, normalizedAbs);
}

/**
 * Relative error of √(mean(x²) + eps) over d elements: d products and d − 1 sums of terms that are not negative, the division by d (5 u),
 * eps' own rounding and its sum, all halved by the root; then the root.
 */
export function scaleRelativeBound(d: number): number {
  return gamma(d + 7) / 2 + SQUARE_ROOT;
}

/** Relative error of WGSL's exp(x): (3 + 2·|x|) ULP. */
export function expRelativeBound(x: number): number {
  return (3 + 2 * Math.abs(x)) * 2 * UNIT_ROUNDOFF;
}

/**
 * Bound on one probability of a softmax over n scores. `range` is the largest score minus the smallest that matters; `scoreBound` the
 * error that every score already carries. Numerator and denominator each inherit the score's error, the rounding of score − max
 * (u·range) and exp's; the denominator sums n terms; one division.
 */
export function softmaxBound(nScores: number, probability: number, range: number, scoreBound: number): number {
  const exponent = scoreBound + UNIT_ROUNDOFF * range;
  const relative = Math.expm1(2 * exponent) + 2 * expRelativeBound(range) + gamma(nScores) + DIVISION;
  return probability * relative * 1.01 + SMALLEST_NORMAL;
}

/**
 * What the online softmax adds to a probability's relative error: each of its blocks scales the sum so far by exp of how much the
 * maximum rose. Those exponents add up to no more than the range, so their errors come to 3 ULP a block and 2 ULP · range, besides the
 * rounding of each exponent and two roundings a block (product and sum); a sum scaled below the smallest normal is lost.
 */
export function onlineSoftmaxRelative(nBlocks: number, range: number, nScores: number): number {
  const exponents = (3 * nBlocks + 2 * range) * 2 * UNIT_ROUNDOFF + UNIT_ROUNDOFF * range;
  return (exponents + gamma(2 * nBlocks)) * 1.01 + nScores * SMALLEST_PRODUCT;
}

/** Bound on a rotated pair's element, a·cos − b·sin: the table's rounding, two products, one sum; `abs` is |a| + |b|. */
export function rotaryBound(abs: number): number {
  return gamma(3) * abs + 2 * SMALLEST_NORMAL;
}

/** Bound on silu(x) = x / (1 + exp(−x)): exp's error, a sum, a division. */
export function siluBound(x: number): number {
  return Math.abs(x) * (expRelativeBound(x) + UNIT_ROUNDOFF + DIVISION) + SMALLEST_NORMAL;
}

/**
 * Relative error of our tanh, which is odd. Near 0 a polynomial within 2 ULP; from 0.625 on (1 − p) / (1 + p) with p = exp(−2x) ≤ 0.287,
 * whose error shrinks by p / (1 − p) ≤ 0.41 above and p / (1 + p) ≤ 0.23 below: even with WGSL's exp no more than 0.64 · 5.5 ULP, besides
 * two sums and a division, 1 + 2.5 ULP.
 */
export const TANH_RELATIVE = 7.1 * 2 * UNIT_ROUNDOFF;

/**
 * Bound on gelu(x) = x/2·(1 + erf(x/√2)). Of 1 + erf: the argument's two roundings times erf's slope, |a|·2/√π·e^(−a²) ≤ 0.49 of each;
 * our erf, 4 ULP; the sum of at most 2: 11 u together. Times x/2, and two products.
 */
export function geluBound(x: number): number {
  return Math.abs(x) * (5.5 + 2) * 1.01 * UNIT_ROUNDOFF + SMALLEST_PRODUCT;
}

/**
 * Bound on gelu_tanh(x) = x/2·(1 + tanh(y)), y = √(2/π)·(x + 0.044715·x³). y is of terms of one sign: 8 roundings in a row, times tanh's
 * slope, |y|·(1 − tanh²y) ≤ 0.45; tanh itself; the sum of at most 2. Times x/2, and two products.
 */
export function geluTanhBound(x: number): number {
  const sum = 0.45 * gamma(8) + TANH_RELATIVE + 2 * UNIT_ROUNDOFF;
  return Math.abs(x) * (sum / 2 + 2 * UNIT_ROUNDOFF) * 1.01 + SMALLEST_PRODUCT;
}

/**
 * What a whole model's logits may err by: twice what another sound f32 implementation (transformers) errs by on the same weights,
 * as neither order of summation is the better one, and never less than 16 ULP of the largest logit, where that error is luckily small.
 */
export function logitsBound(theirMaxAbsError: number, largestAbsLogit: number): number {
  return Math.max(2 * theirMaxAbsError, 16 * ulpOf(largestAbsLogit));
}

/**
 * What a hook may differ from a recording in f64, of a whole run before it: four times what another sound run in the same precision errs
 * by at that hook, since either may be right by luck there; and never less than what logits are allowed at both ends (2 · 16 ULP of the
 * hook's largest element) in f32, or two neighbours in a narrower type, to which each result is rounded.
 */
export function recordedBound(theirs: number, largest: number, precision: 'f32' | 'f16' | 'bf16'): number {
  const neighbours = { f32: 32, f16: 2 * 2 ** 13, bf16: 2 * 2 ** 16 }[precision]; // in ULP of f32
  return Math.max(4 * theirs, neighbours * ulpOf(largest));
}

/** WGSL's log: 3 ULP of the result, or 2⁻²¹ where x lies in [0.5, 2]. */
const LOG_ABSOLUTE = 2 ** -21;
const LOG_RELATIVE = 3 * 2 * UNIT_ROUNDOFF;

/**
 * Bound on a mean of sums of shares that are not negative, `nRoundings` of them in a row, of which each query's add up to 1 at most;
 * 2 more for the sums of rows and the division.
 */
export function meanShareBound(nRoundings: number, mean: number): number {
  return gamma(nRoundings + 2) * mean + SMALLEST_NORMAL;
}

/** The same for a mean entropy: each −p·ln p carries its log's error, p times 2⁻²¹ at most near 1, and its product's rounding. */
export function meanEntropyBound(nRoundings: number, mean: number): number {
  return (gamma(nRoundings + 3) + LOG_RELATIVE) * mean * 1.01 + LOG_ABSOLUTE * 1.01;
}
