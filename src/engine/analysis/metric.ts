// Metric: one number that says what an edit did to a prediction, read off one position's logits. In f64, from f32 logits.
import { klByPosition, logSumExp, ranksOf } from './nextTokens.ts';

export type Metric =
  | { readonly kind: 'logitDifference'; readonly tokens: readonly [right: number, wrong: number] } // logit[right] − logit[wrong]
  | { readonly kind: 'probability'; readonly token: number }
  | { readonly kind: 'rank'; readonly token: number } // 0: the likeliest; of equals, the lower id first
  | { readonly kind: 'kl' }; // Σ p·ln(p / q), p the clean run's distribution, q the edited one's; in nats

/** Says why a metric cannot be read off a vocabulary of this many tokens; null where it can. */
export function whyNotMetric(metric: Metric, dVocab: number): string | null {
  const tokens = metric.kind === 'kl' ? [] : metric.kind === 'logitDifference' ? metric.tokens : [metric.token];
  const missing = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= dVocab);
  return missing === undefined ? null : `token ${missing} is not in the vocabulary of ${dVocab} tokens`;
}

/** Reads a metric off one position's logits [d_vocab]; `clean` are those of the run that nothing edits. */
export function metricOf(metric: Metric, logits: Float32Array, clean: Float32Array): number {
  switch (metric.kind) {
    case 'logitDifference':
      return at(logits, metric.tokens[0]) - at(logits, metric.tokens[1]);
    case 'probability':
      return Math.exp(at(logits, metric.token) - logSumExp(logits));
    case 'rank':
      return ranksOf(logits, [metric.token])[0] ?? Number.NaN;
    case 'kl':
      return Math.max(0, klByPosition(clean, logits, logits.length)[0] ?? Number.NaN); // rounding alone could make it less
    default:
      return metric satisfies never;
  }
}

function at(logits: Float32Array, token: number): number {
  const logit = logits[token];
  if (logit === undefined) throw new Error(`internal: no logit of token ${token} among ${logits.length}`);
  return logit;
}
