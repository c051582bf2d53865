// The arithmetic of magnitudes: every sum adds its terms without their signs. A twin run with it gives Σ|x·w| + |b| where f64 gives
// Σ x·w + b, which is what the rounding of a sum is measured by. Only twins that are sums of products have a use for it.
import { type Arithmetic, F64 } from '../arithmetic.ts';

export const MAGNITUDES: Arithmetic = {
  ...F64,
  add: (a, b) => Math.abs(a) + Math.abs(b),
  product: (a, b) => Math.abs(a * b),
  mulAdd: (a, b, c) => Math.abs(a * b) + Math.abs(c),
  turned: (a, cosine, b, sine) => Math.abs(a * cosine) + Math.abs(b * sine),
  biased: (total, bias) => total + Math.abs(bias),
  addScaled: (sums, factor, row, from) => {
    for (let n = 0; n < sums.length; n++) sums[n] = (sums[n] ?? 0) + Math.abs(factor * (row[from + n] ?? Number.NaN));
  },
};
