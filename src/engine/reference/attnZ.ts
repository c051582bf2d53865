// What attention reads: the pattern-weighted sum of values, in f64. Twin of kernels/attnZ.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';
import { extent, type ReferenceTensor } from './referenceTensor.ts';

/** Computes z[q, h] = Σ_k pattern[h, q, k]·v[k, key/value head of h]: [pos, n_heads, d_head]. */
export function attnZ(
  pattern: ReferenceTensor, // [n_heads, query_pos, key_pos]
  v: ReferenceTensor, // [key_pos, n_key_value_heads, d_head]
  arithmetic: Arithmetic = F64,
): ReferenceTensor {
  const [nHeads, nQueries, nKeys] = [extent(pattern, 0), extent(pattern, 1), extent(pattern, 2)];
  const [nKeyValueHeads, dHead] = [extent(v, 1), extent(v, 2)];
  const values = new Float64Array(nQueries * nHeads * dHead);
  for (let head = 0; head < nHeads; head++) {
    const keyValueHead = Math.floor((head * nKeyValueHeads) / nHeads);
    for (let query = 0; query < nQueries; query++) {
      const z = values.subarray((query * nHeads + head) * dHead, (query * nHeads + head + 1) * dHead);
      for (let key = 0; key < nKeys; key++) {
        const weight = pattern.values[(head * nQueries + query) * nKeys + key] ?? Number.NaN;
        const from = (key * nKeyValueHeads + keyValueHead) * dHead;
        arithmetic.addScaled(z, weight, v.values, from);
      }
    }
  }
  return { shape: [nQueries, nHeads, dHead], values: values.map(arithmetic.stored) };
}
