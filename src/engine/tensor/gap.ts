// Largest differences and magnitudes, for what must agree within a bound.

/** The largest |value − truth|; equal infinities agree, anything else that is not finite is infinitely far. */
export function largestGap(values: ArrayLike<number>, truth: ArrayLike<number>): number {
  let gap = 0;
  for (let i = 0; i < truth.length; i++) {
    const [value, exact] = [values[i] ?? Number.NaN, truth[i] ?? Number.NaN];
    if (value !== exact)
      gap = Math.max(gap, Number.isFinite(value - exact) ? Math.abs(value - exact) : Number.POSITIVE_INFINITY);
  }
  return gap;
}

/** The largest finite magnitude; 0 where there is none. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i] ?? 0);
    if (Number.isFinite(value)) most = Math.max(most, value);
  }
  return most;
}
