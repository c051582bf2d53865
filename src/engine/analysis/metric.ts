// Metric: one number that says what an edit did to a prediction, read off one position's logits. In f64, from f32 logits.

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
      return rank(logits, metric.token);
    case 'kl':
      return divergence(clean, logits);
    default:
      return metric satisfies never;
  }
}

function rank(logits: Float32Array, token: number): number {
  const own = at(logits, token);
  let above = 0;
  logits.forEach((logit, id) => {
    if (logit > own || (logit === own && id < token)) above += 1;
  });
  return above;
}

/** KL(p ‖ q) of two rows of logits; never below 0, which rounding alone could make it. */
function divergence(p: Float32Array, q: Float32Array): number {
  const [sumP, sumQ] = [logSumExp(p), logSumExp(q)];
  let sum = 0;
  p.forEach((logit, id) => {
    const logP = logit - sumP;
    const share = Math.exp(logP);
    if (share > 0) sum += share * (logP - (at(q, id) - sumQ));
  });
  return Math.max(0, sum);
}

function logSumExp(logits: Float32Array): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

function at(logits: Float32Array, token: number): number {
  const logit = logits[token];
  if (logit === undefined) throw new Error(`internal: no logit of token ${token} among ${logits.length}`);
  return logit;
}
