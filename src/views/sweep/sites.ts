// The places, operations and metrics of a sweep as the form offers them, and the request that a form's choices make. Pure.
import type { Operation, Sweep, SweepSite } from '../../engine/index.ts';

export const SITES: readonly { readonly id: SweepSite; readonly label: string; readonly title: string }[] = [
  { id: 'hook_q_input', label: 'q input', title: 'q input of each head' },
  { id: 'hook_k_input', label: 'k input', title: 'k input of each kv head' },
  { id: 'hook_v_input', label: 'v input', title: 'v input of each kv head' },
  { id: 'attn.hook_pattern', label: 'pattern', title: 'pattern of each head' },
  { id: 'attn.hook_z', label: 'z', title: 'z of each head' },
  { id: 'hook_resid_pre', label: 'stream', title: 'stream before each block' },
  { id: 'hook_mlp_out', label: 'MLP', title: 'output of each MLP' },
];

export type SweepOperation = 'patch' | 'zero' | 'mean';

export const OPERATIONS: readonly { readonly id: SweepOperation; readonly label: string }[] = [
  { id: 'patch', label: 'patch from corrupted' },
  { id: 'zero', label: 'zero' },
  { id: 'mean', label: 'mean' },
];

export type MetricKind = Sweep['metric']['kind'];

export const METRICS: readonly { readonly id: MetricKind; readonly label: string; readonly note: string }[] = [
  { id: 'logitDifference', label: 'logit difference', note: 'logit of the right token − logit of the wrong one' },
  { id: 'probability', label: 'probability', note: 'of the right token' },
  { id: 'rank', label: 'rank', note: 'of the right token, 0 is the likeliest' },
  { id: 'kl', label: 'KL divergence', note: 'from the unedited prediction, in nats' },
];

export type SweepChoices = {
  readonly sites: readonly SweepSite[];
  readonly operation: SweepOperation;
  readonly byPosition: boolean;
  readonly metric: MetricKind;
  readonly right: number; // token ids
  readonly wrong: number;
  readonly position: number;
};

/** The sweep that a form's choices mean. */
export function sweepOf({ sites, operation, byPosition, metric, right, wrong, position }: SweepChoices): Sweep {
  const chosen = SITES.map(({ id }) => id).filter((id) => sites.includes(id)); // in running order, however they were pressed
  return {
    sites: chosen,
    operation: operationOf(operation),
    byPosition,
    metric: metricOf(metric, right, wrong),
    position,
  };
}

function operationOf(operation: SweepOperation): Operation {
  return operation === 'patch' ? { kind: 'freeze', prompt: 'corrupted' } : { kind: operation };
}

function metricOf(kind: MetricKind, right: number, wrong: number): Sweep['metric'] {
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
