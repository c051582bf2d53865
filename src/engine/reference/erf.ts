// erf and erfc in f64, to a few units of the last place: a series of positive terms below 1.5, a continued fraction above.

const SERIES_END = 1.5;
const FRACTION_DEPTH = 120; // converged to 1e-17 from 1.5 on

/** Computes erf(x) = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  return x < SERIES_END ? erfSeries(x) : 1 - erfcFraction(x);
}

/** Computes 1 − erf(x), without cancellation where x is large and positive. */
export function erfc(x: number): number {
  return x < SERIES_END ? 1 - erf(x) : erfcFraction(x);
}

/** Abramowitz and Stegun 7.1.6: 2/√π · e^(−x²) · Σ_n 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)). */
function erfSeries(x: number): number {
  let term = x;
  let sum = 0;
  for (let n = 0; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Abramowitz and Stegun 7.1.14: e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))). */
function erfcFraction(x: number): number {
  let denominator = x;
  for (let n = FRACTION_DEPTH; n >= 1; n--) denominator = x + n / 2 / denominator;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * denominator);
}
