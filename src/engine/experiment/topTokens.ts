// The likeliest next tokens of one position's logits.
import type { TopToken } from './result.ts';

/** Ranks one row of logits [d_vocab]: best first, at most `count`, with softmax probabilities in f64. */
export function topTokens(logits: Float32Array, count: number): TopToken[] {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) max = Math.max(max, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - max);
  const ids = Array.from(logits.keys()).sort((i, j) => (logits[j] ?? 0) - (logits[i] ?? 0) || i - j);
  return ids.slice(0, count).map((id) => {
    const logit = logits[id] ?? 0;
    return { id, logit, probability: Math.exp(logit - max) / sum };
  });
}
