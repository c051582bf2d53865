// ALiBi's slopes (Press et al. 2022) as BLOOM has them, head counts that are no power of two included
// (transformers, modeling_bloom.py, build_alibi_tensor).

/** Computes one slope a head: 2^(−8·i/n) for a power of two n; for others the slopes of the power below, then every second of the next. */
export function alibiSlopes(nHeads: number): Float64Array {
  const powerBelow = 2 ** Math.floor(Math.log2(nHeads));
  const base = 2 ** (-8 / powerBelow);
  const nextBase = 2 ** (-4 / powerBelow);
  return Float64Array.from({ length: nHeads }, (_, head) =>
    head < powerBelow ? base ** (head + 1) : nextBase ** (2 * (head - powerBelow) + 1),
  );
}
