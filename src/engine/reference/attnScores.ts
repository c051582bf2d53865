// Attention scores in f64: scaled dot product, soft cap, ALiBi, then the mask as −∞, in TransformerLens' order.
// Twin of kernels/attnScores.wgsl.
import { extent, type ReferenceTensor } from './referenceTensor.ts';

export type ScoreSettings = {
  readonly scale: number;
  readonly softCap: number | null; // scores become cap·tanh(scores / cap): Gemma-2
  readonly window: number | null; // keys that a query sees, its own included; null: all before it
  readonly slopes: Float64Array | null; // [n_heads] of ALiBi: slope·(key − query) is added
};

/** Computes the scores of every query for every key, −∞ where masked: [n_heads, query_pos, key_pos]. */
export function attnScores(
  q: ReferenceTensor, // [query_pos, n_heads, d_head]
  k: ReferenceTensor, // [key_pos, n_key_value_heads, d_head]
  settings: ScoreSettings,
): ReferenceTensor {
  const [nQueries, nHeads, nKeys] = [extent(q, 0), extent(q, 1), extent(k, 0)];
  const values = new Float64Array(nHeads * nQueries * nKeys).fill(Number.NEGATIVE_INFINITY);
  for (let head = 0; head < nHeads; head++) {
    for (let query = 0; query < nQueries; query++) {
      const firstKey = settings.window === null ? 0 : Math.max(0, query - settings.window + 1);
      for (let key = firstKey; key <= Math.min(query, nKeys - 1); key++) {
        const score = capped(dot(q, k, { head, query, key }) * settings.scale, settings.softCap);
        const bias = settings.slopes ? (settings.slopes[head] ?? Number.NaN) * (key - query) : 0;
        values[(head * nQueries + query) * nKeys + key] = score + bias;
      }
    }
  }
  return { shape: [nHeads, nQueries, nKeys], values };
}

/** Bounds a number to ±cap smoothly: cap·tanh(x / cap) (Gemma 2 report, section 2). */
export function capped(x: number, cap: number | null): number {
  return cap === null ? x : cap * Math.tanh(x / cap);
}

type Cell = { readonly head: number; readonly query: number; readonly key: number };

function dot(q: ReferenceTensor, k: ReferenceTensor, { head, query, key }: Cell): number {
  const [nHeads, nKeyValueHeads, dHead] = [extent(q, 1), extent(k, 1), extent(q, 2)];
  const fromQ = (query * nHeads + head) * dHead;
  const fromK = (key * nKeyValueHeads + Math.floor((head * nKeyValueHeads) / nHeads)) * dHead;
  let sum = 0;
  for (let i = 0; i < dHead; i++) sum += (q.values[fromQ + i] ?? Number.NaN) * (k.values[fromK + i] ?? Number.NaN);
  return sum;
}
