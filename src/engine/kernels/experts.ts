// Dispatches what a mixture of experts adds to an MLP: expertWeights.wgsl weighs, chooseExperts.wgsl chooses, mixExpert.wgsl sums.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import chooseCode from './chooseExperts.wgsl?raw';
import weightsCode from './expertWeights.wgsl?raw';
import mixCode from './mixExpert.wgsl?raw';
import { numericKernel } from './numerics.ts';
import expCode from './shared/exp.wgsl?raw';

export const EXPERT_WEIGHTS = numericKernel('expertWeights', [expCode, weightsCode], ['uniform', 'read', 'write']);
export const CHOOSE_EXPERTS = numericKernel('chooseExperts', [chooseCode], ['uniform', 'read', 'write', 'write']);
export const MIX_EXPERT = numericKernel('mixExpert', [mixCode], ['uniform', 'read', 'read', 'read', 'write']);

/** A tensor of rows, and the elements from one to the next. */
export type Rows = { readonly tensor: GpuTensor; readonly rowStride: number };

/** weights = softmax(logits) of each row, over all experts: both [rows, n_experts]. */
export function expertWeights(args: {
  readonly rows: number;
  readonly nExperts: number;
  readonly logits: Rows;
  readonly weights: Rows;
}): Dispatch {
  const { rows, nExperts, logits, weights } = args;
  return {
    label: weights.tensor.label,
    kernel: EXPERT_WEIGHTS,
    overrides: {},
    dims: [rows, nExperts, logits.rowStride, weights.rowStride],
    buffers: [logits.tensor.slot, weights.tensor.slot],
    workgroups: [Math.ceil(rows / 64), 1, 1],
    multiplyAdds: 0,
  };
}

/** Which experts each row is sent to, and what each counts for. */
export type Chosen = {
  readonly indices: GpuTensor; // [rows, per_token]
  readonly shares: GpuTensor; // [rows, per_token], laid out alike
  readonly rowStride: number; // of both
};

/** The experts of the largest weights, largest first, and their weights made to sum to 1. */
export function chooseExperts(args: {
  readonly rows: number;
  readonly experts: { readonly count: number; readonly perToken: number };
  readonly weights: Rows; // [rows, n_experts]
  readonly chosen: Chosen;
}): Dispatch {
  const { rows, experts, weights, chosen } = args;
  return {
    label: chosen.indices.label,
    kernel: CHOOSE_EXPERTS,
    overrides: {},
    dims: [rows, experts.count, experts.perToken, weights.rowStride, chosen.rowStride],
    buffers: [weights.tensor.slot, chosen.indices.slot, chosen.shares.slot],
    workgroups: [Math.ceil(rows / 64), 1, 1],
    multiplyAdds: 0,
  };
}

export type MixArgs = {
  readonly chosen: Chosen;
  readonly perToken: number;
  readonly y: GpuTensor; // [rows, d_model]: what the expert gives
  readonly mixed: GpuTensor; // [rows, d_model], laid out as y
  readonly rowStride: number; // of both
  readonly rows: number;
  readonly dModel: number;
  readonly expert: number;
};

/** mixed = (0 for the first expert, else mixed) + share · y, in the rows that are sent to the expert. */
export function mixExpert(args: MixArgs): Dispatch {
  const { rows, dModel, expert, perToken, chosen, y, mixed } = args;
  return {
    label: mixed.label,
    kernel: MIX_EXPERT,
    overrides: { is_first: Number(expert === 0) },
    dims: [rows, dModel, expert, perToken, chosen.rowStride, args.rowStride],
    buffers: [chosen.indices.slot, chosen.shares.slot, y.slot, mixed.slot],
    workgroups: [Math.ceil(dModel / 64), rows, 1],
    multiplyAdds: 0,
  };
}
