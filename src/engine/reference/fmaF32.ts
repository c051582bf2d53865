// The fused multiply-add of f32 in f64 arithmetic, exact. The product of two f32 is exact in f64; the sum is rounded to odd
// there, which makes the second rounding, to f32, the only one that counts (Boldo and Melquiond, "When double rounding is odd", 2005).

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** Computes a·b + c with one rounding, to f32; all three are f32 values. */
export function fmaF32(a: number, b: number, c: number): number {
  return Math.fround(addRoundedToOdd(a * b, c));
}

/** Adds two doubles; where the sum is inexact, takes of its two neighbours the one whose last bit is 1. */
function addRoundedToOdd(p: number, c: number): number {
  const sum = p + c;
  if (!Number.isFinite(sum)) return sum;
  const cRead = sum - p; // Knuth's TwoSum: error = p + c − sum, exactly
  const error = p - (sum - cRead) + (c - cRead);
  double[0] = sum;
  const pattern = bits[0] ?? 0n;
  if (error === 0 || (pattern & 1n) === 1n) return sum;
  const awayFromZero = error > 0 === sum > 0;
  bits[0] = awayFromZero ? pattern + 1n : pattern - 1n;
  return double[0];
}
