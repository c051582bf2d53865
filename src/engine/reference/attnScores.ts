// Attention scores in f64: scaled dot product, soft cap, ALiBi, then the mask as −∞, in TransformerLens' order.
// Twin of kernels/attnScores.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';
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
  arithmetic: Arithmetic = F64,
): ReferenceTensor {
  const [nQueries, nHeads, nKeys] = [extent(q, 0), extent(q, 1), extent(k, 0)];
  const { product, mulAdd, constant, stored } = arithmetic;
  const values = new Float64Array(nHeads * nQueries * nKeys).fill(Number.NEGATIVE_INFINITY);
  for (let head = 0; head < nHeads; head++) {
    for (let query = 0; query < nQueries; query++) {
      const firstKey = settings.window === null ? 0 : Math.max(0, query - settings.window + 1);
      for (let key = firstKey; key <= Math.min(query, nKeys - 1); key++) {
        const sum = stored(dot(q, k, { head, query, key }, arithmetic));
        let score = capped(stored(product(sum, constant(settings.scale))), settings.softCap, arithmetic);
        const slope = settings.slopes?.[head];
        if (slope !== undefined) score = stored(mulAdd(constant(slope), key - query, score));
        values[(head * nQueries + query) * nKeys + key] = score;
      }
    }
  }
  return { shape: [nHeads, nQueries, nKeys], values };
}

/** Bounds a number to ±cap smoothly: cap·tanh(x / cap) (Gemma 2 report, section 2). */
export function capped(x: number, cap: number | null, arithmetic: Arithmetic = F64): number {
  if (cap === null) return x;
  const { product, quotient, tanh, constant, stored } = arithmetic;
  return stored(product(constant(cap), stored(tanh(stored(quotient(x, constant(cap)))))));
}

type Cell = { readonly head: number; readonly query: number; readonly key: number };

function dot(q: ReferenceTensor, k: ReferenceTensor, { head, query, key }: Cell, { mulAdd }: Arithmetic): number {
  const [nHeads, nKeyValueHeads, dHead] = [extent(q, 1), extent(k, 1), extent(q, 2)];
  const fromQ = (query * nHeads + head) * dHead;
  const fromK = (key * nKeyValueHeads + Math.floor((head * nKeyValueHeads) / nHeads)) * dHead;
  let sum = 0;
  for (let i = 0; i < dHead; i++) {
    sum = mulAdd(q.values[fromQ + i] ?? Number.NaN, k.values[fromK + i] ?? Number.NaN, sum);
  }
  return sum;
}
