// repeat_kv: each key/value head copied for the query heads that share it. Twin of kernels/repeatHeads.wgsl.
import { extent, type ReferenceTensor } from './referenceTensor.ts';

/** Repeats heads, head h of the result being key/value head ⌊h·n_key_value_heads / n_heads⌋: [pos, n_heads, width]. */
export function repeatKv(
  x: ReferenceTensor, // [pos, n_key_value_heads, width]
  nHeads: number,
): ReferenceTensor {
  const [nPos, nKeyValueHeads, width] = [extent(x, 0), extent(x, 1), extent(x, 2)];
  const values = new Float64Array(nPos * nHeads * width);
  for (let pos = 0; pos < nPos; pos++) {
    for (let head = 0; head < nHeads; head++) {
      const from = (pos * nKeyValueHeads + Math.floor((head * nKeyValueHeads) / nHeads)) * width;
      values.set(x.values.subarray(from, from + width), (pos * nHeads + head) * width);
    }
  }
  return { shape: [nPos, nHeads, width], values };
}
