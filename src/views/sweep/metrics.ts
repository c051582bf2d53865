// What a sweep is judged by: the metrics as a form offers them, and the metric that a form's choices mean. Pure.
import type { Metric } from '../../engine/index.ts';

export type MetricKind = Metric['kind'];

export const METRICS: readonly { readonly id: MetricKind; readonly label: string; readonly note: string }[] = [
  { id: 'logitDifference', label: 'logit difference', note: 'logit of the right token − logit of the wrong one' },
  { id: 'probability', label: 'probability', note: 'of the right token' },
  { id: 'rank', label: 'rank', note: 'of the right token, 0 is the likeliest' },
  { id: 'kl', label: 'KL divergence', note: 'from the unedited prediction, in nats' },
];

export type MetricChoices = {
  readonly metric: MetricKind;
  readonly right: number; // token ids
  readonly wrong: number;
  readonly position: number; // where the metric looks
};

/** The metric that a form's choices mean. */
export function metricOf({ metric: kind, right, wrong }: MetricChoices): Metric {
  switch (kind) {
    case 'logitDifference':
      return { kind, tokens: [right, wrong] };
    case 'probability':
    case 'rank':
      return { kind, token: right };
    case 'kl':
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** The choices that a metric was asked by; tokens that it does not name are left out. */
export function metricChoicesOf(metric: Metric, position: number): Partial<MetricChoices> {
  switch (metric.kind) {
    case 'logitDifference':
      return { metric: metric.kind, right: metric.tokens[0], wrong: metric.tokens[1], position };
    case 'probability':
    case 'rank':
      return { metric: metric.kind, right: metric.token, position };
    case 'kl':
      return { metric: metric.kind, position };
    default:
      return metric satisfies never;
  }
}
