// LayerNorm (Ba et al. 2016) in f64: normalized = (x − mean) / √(var + eps), out = normalized·w + b.
// Twin of kernels/layerNorm.wgsl. TransformerLens' hook_normalized is before ·w + b; the goldens say so.
import { type Arithmetic, F64 } from './arithmetic.ts';
import { divideByScale, type Normed, rmsScale } from './rmsNorm.ts';

/** Normalises each row of x [rows, d] by w [d] and b [d], all steps at once. */
export function layerNorm(x: Float64Array, w: Float64Array, b: Float64Array | null, eps: number): Normed {
  const centred = centre(x, w.length);
  const scale = rmsScale(centred, w.length, eps);
  const normalized = divideByScale(centred, scale, w.length);
  return { scale, normalized, out: affine(normalized, w, b) };
}

/** Subtracts its mean from each row of x [rows, d]; its rmsScale is then √(var + eps): [rows, d]. */
export function centre(x: Float64Array, d: number, { add, quotient }: Arithmetic = F64): Float64Array {
  const centred = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += d) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum = add(sum, x[from + i] ?? Number.NaN);
    const mean = quotient(sum, d);
    for (let i = 0; i < d; i++) centred[from + i] = add(x[from + i] ?? Number.NaN, -mean);
  }
  return centred;
}

/** Computes normalized·w + b of each row [rows, d], w and b being [d]: [rows, d]. */
export function affine(
  normalized: Float64Array,
  w: Float64Array,
  b: Float64Array | null,
  { product, mulAdd, stored, kept }: Arithmetic = F64,
): Float64Array {
  return normalized.map((value, i) => {
    const weight = w[i % w.length] ?? Number.NaN;
    if (!b) return stored(product(value, weight));
    return stored(mulAdd(value, weight, kept(b[i % w.length] ?? Number.NaN)));
  });
}
