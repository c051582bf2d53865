// RMSNorm (Zhang and Sennrich 2019) in f64: normalized = x / √(mean(x²) + eps), out = normalized·(w + offset).
// Twin of kernels/rmsNorm.wgsl. Scale and normalized are hooks, so each step stands alone.

import { type Arithmetic, F64 } from './arithmetic.ts';

/** Scale [rows], normalized [rows, d] and out [rows, d] of a norm: what its kernel writes. */
export type Normed = { readonly scale: Float64Array; readonly normalized: Float64Array; readonly out: Float64Array };

/** Normalises each row of x [rows, d] by w [d], all three steps at once. */
export function rmsNorm(x: Float64Array, w: Float64Array, eps: number, offset: number): Normed {
  const scale = rmsScale(x, w.length, eps);
  const normalized = divideByScale(x, scale, w.length);
  return { scale, normalized, out: rmsWeigh(normalized, w, offset) };
}

/** Computes √(mean(x²) + eps) of each row of x [rows, d]: [rows]. */
export function rmsScale(x: Float64Array, d: number, eps: number, arithmetic: Arithmetic = F64): Float64Array {
  const { add, mulAdd, quotient, squareRoot, constant } = arithmetic;
  const scale = new Float64Array(x.length / d);
  for (let row = 0; row < scale.length; row++) {
    let sumOfSquares = 0;
    for (let i = 0; i < d; i++) {
      const value = x[row * d + i] ?? Number.NaN;
      sumOfSquares = mulAdd(value, value, sumOfSquares);
    }
    scale[row] = squareRoot(add(quotient(sumOfSquares, d), constant(eps)));
  }
  return scale;
}

/** Divides each row of x [rows, d] by its scale [rows]: [rows, d]. */
export function divideByScale(
  x: Float64Array,
  scale: Float64Array,
  d: number,
  { quotient, stored }: Arithmetic = F64,
): Float64Array {
  return x.map((value, i) => stored(quotient(value, scale[Math.floor(i / d)] ?? Number.NaN)));
}

/** Weighs a normalized [rows, d] by w [d] plus the architecture's offset (1 for Gemma): [rows, d]. */
export function rmsWeigh(
  normalized: Float64Array,
  w: Float64Array,
  offset: number,
  { add, product, stored }: Arithmetic = F64,
): Float64Array {
  return normalized.map((value, i) => stored(product(value, stored(add(w[i % w.length] ?? Number.NaN, offset)))));
}
