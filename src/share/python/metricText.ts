// A sweep's metric as a Python function of the logits, and how far another library's may be off.
import type { Metric } from '../../engine/index.ts';

/** `def metric(logits)`: the number at the position where a sweep or a path looks; `kl` reads `clean_logits`. */
export function metricFunction(metric: Metric, position: number): string {
  return `

def metric(logits):
    """${metricWords(metric)}, at position ${position}."""
    x = logits[0, ${position}]
    return ${metricText(metric, position)}
`;
}

/** The arguments of `assert_close`: other orders of addition, and of a rank one place for logits that nearly tie. */
export function metricTolerance(metric: Metric): string {
  return metric.kind === 'rank' ? 'atol=1, rtol=1e-3' : 'atol=1e-3, rtol=1e-3';
}

function metricWords(metric: Metric): string {
  switch (metric.kind) {
    case 'logitDifference':
      return `Logit of token ${metric.tokens[0]} less that of token ${metric.tokens[1]}`;
    case 'probability':
      return `Probability of token ${metric.token}`;
    case 'rank':
      return `Rank of token ${metric.token}, 0 being the likeliest`;
    case 'kl':
      return 'Kullback-Leibler divergence from the clean run, in nats';
    default:
      return metric satisfies never;
  }
}

function metricText(metric: Metric, position: number): string {
  switch (metric.kind) {
    case 'logitDifference':
      return `(x[${metric.tokens[0]}] - x[${metric.tokens[1]}]).item()`;
    case 'probability':
      return `x.softmax(-1)[${metric.token}].item()`;
    case 'rank':
      return `(x > x[${metric.token}]).sum().item()`;
    case 'kl':
      return `torch.nn.functional.kl_div(x.log_softmax(-1), clean_logits[0, ${position}].log_softmax(-1), reduction="sum", log_target=True).item()`;
    default:
      return metric satisfies never;
  }
}
