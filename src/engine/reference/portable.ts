// Portable arithmetic, defined: what `arithmetic=portable` is to compute on every GPU, in JavaScript, one rounding of f32 at a time.
// Twin of kernels/shared/arithmetic.wgsl and roots.wgsl, bit for bit. A sum or a product of two f32 is exact enough in f64 for
// Math.fround to round it as f32 arithmetic would (Figueroa 1995: 53 ≥ 2·24 + 2); so are 1/x and √x.
import { SMALLEST_NORMAL, SMALLEST_PRODUCT } from '../tensor/tolerances.ts';

/** x, or +0 where it is smaller than any product: what biases pass before they are added. */
export function kept(x: number): number {
  return Math.abs(x) < SMALLEST_PRODUCT ? 0 : x;
}

/** a·b. */
export function product(a: number, b: number): number {
  return kept(Math.fround(a * b));
}

/** a + b. */
export function sum(a: number, b: number): number {
  return Math.fround(a + b);
}

/** a·b + c, rounded twice: a fused multiply-add is not the same on every GPU. */
export function mulAdd(a: number, b: number, c: number): number {
  return Math.fround(kept(Math.fround(a * b)) + c);
}

/** 1/x, correctly rounded; +0 where that is below the normal range, infinite for 0. */
export function reciprocal(x: number): number {
  if (Math.abs(x) < SMALLEST_NORMAL)
    return x < 0 || Object.is(x, -0) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const y = Math.fround(1 / x);
  return Math.abs(y) < SMALLEST_NORMAL ? 0 : y;
}

/** a / b, as a product with the reciprocal. */
export function quotient(a: number, b: number): number {
  return product(a, reciprocal(b));
}

/** √x, correctly rounded; 0 for what is below the normal range or negative. */
export function squareRoot(x: number): number {
  return x < SMALLEST_NORMAL ? 0 : Math.fround(Math.sqrt(x));
}
