// LayerNorm (Ba et al. 2016) in f64: normalized = (x − mean) / √(var + eps), out = normalized·w + b.
// Twin of kernels/layerNorm.wgsl. TransformerLens' hook_normalized is before ·w + b; the goldens say so.
import { divideByScale, type Normed, rmsScale } from './rmsNorm.ts';

/** Normalises each row of x [rows, d] by w [d] and b [d], all steps at once. */
export function layerNorm(x: Float64Array, w: Float64Array, b: Float64Array | null, eps: number): Normed {
  const centred = centre(x, w.length);
  const scale = rmsScale(centred, w.length, eps);
  const normalized = divideByScale(centred, scale, w.length);
  return { scale, normalized, out: affine(normalized, w, b) };
}

/** Subtracts its mean from each row of x [rows, d]; its rmsScale is then √(var + eps): [rows, d]. */
export function centre(x: Float64Array, d: number): Float64Array {
  const centred = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += d) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += x[from + i] ?? Number.NaN;
    for (let i = 0; i < d; i++) centred[from + i] = (x[from + i] ?? Number.NaN) - sum / d;
  }
  return centred;
}

/** Computes normalized·w + b of each row [rows, d], w and b being [d]: [rows, d]. */
export function affine(normalized: Float64Array, w: Float64Array, b: Float64Array | null): Float64Array {
  return normalized.map(
    (value, i) => value * (w[i % w.length] ?? Number.NaN) + (b ? (b[i % w.length] ?? Number.NaN) : 0),
  );
}
