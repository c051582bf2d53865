// The places and operations of a sweep as the form offers them, and the request that a form's choices make. Pure.
import type { Operation, Sweep, SweepSite } from '../../engine/index.ts';
import { type MetricChoices, metricChoicesOf, metricOf } from './metrics.ts';

export const SITES: readonly { readonly id: SweepSite; readonly label: string; readonly title: string }[] = [
  { id: 'hook_q_input', label: 'q input', title: 'q input of each head' },
  { id: 'hook_k_input', label: 'k input', title: 'k input of each kv head' },
  { id: 'hook_v_input', label: 'v input', title: 'v input of each kv head' },
  { id: 'attn.hook_pattern', label: 'pattern', title: 'pattern of each head' },
  { id: 'attn.hook_z', label: 'z', title: 'z of each head' },
  { id: 'hook_resid_pre', label: 'stream', title: 'stream before each block' },
  { id: 'hook_mlp_out', label: 'MLP', title: 'output of each MLP' },
];

export type SweepOperation = 'patch' | 'zero' | 'mean' | 'asked';

export const OPERATIONS: readonly { readonly id: SweepOperation; readonly label: string }[] = [
  { id: 'patch', label: 'patch from corrupted' },
  { id: 'zero', label: 'zero' },
  { id: 'mean', label: 'mean' },
];

export type SweepChoices = MetricChoices & {
  readonly sites: readonly SweepSite[];
  readonly operation: SweepOperation;
  readonly asked: Operation | null; // of a link, where it is none of the form's
  readonly byPosition: boolean;
};

/** The sweep that a form's choices mean. */
export function sweepOf({ sites, operation, asked, byPosition, ...metric }: SweepChoices): Sweep {
  const chosen = SITES.map(({ id }) => id).filter((id) => sites.includes(id)); // in running order, however they were pressed
  return {
    sites: chosen,
    operation: operationOf(operation, asked),
    byPosition,
    metric: metricOf(metric),
    position: metric.position,
  };
}

/** The choices that a sweep was asked by. */
export function sweepChoicesOf({ sites, operation, byPosition, metric, position }: Sweep): Partial<SweepChoices> {
  const isPatch = operation.kind === 'freeze' && operation.prompt === 'corrupted';
  const known = isPatch ? 'patch' : operation.kind === 'zero' || operation.kind === 'mean' ? operation.kind : 'asked';
  const asked = known === 'asked' ? operation : null;
  return { sites, operation: known, asked, byPosition, ...metricChoicesOf(metric, position) };
}

function operationOf(operation: SweepOperation, asked: Operation | null): Operation {
  switch (operation) {
    case 'zero':
    case 'mean':
      return { kind: operation };
    case 'asked':
    case 'patch':
      return (operation === 'asked' ? asked : null) ?? { kind: 'freeze', prompt: 'corrupted' };
    default:
      return operation satisfies never;
  }
}
