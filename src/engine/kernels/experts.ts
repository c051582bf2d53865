// Dispatches what a mixture of experts adds to an MLP: routeExperts.wgsl chooses, mixExpert.wgsl sums.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import mixCode from './mixExpert.wgsl?raw';
import { numericKernel } from './numerics.ts';
import routeCode from './routeExperts.wgsl?raw';
import expCode from './shared/exp.wgsl?raw';

export const ROUTE_EXPERTS = numericKernel('routeExperts', [expCode, routeCode], ['uniform', 'read', 'write']);
export const MIX_EXPERT = numericKernel('mixExpert', [mixCode], ['uniform', 'read', 'read', 'write']);

export type RouteArgs = {
  readonly logits: GpuTensor; // [rows, n_experts]
  readonly logitsRowStride: number;
  readonly share: GpuTensor; // [rows, n_experts]
  readonly shareRowStride: number;
  readonly rows: number;
  readonly experts: { readonly count: number; readonly perToken: number };
};

/** share = the renormalised softmax weights of each row's experts; 0 for those that it is not sent to. */
export function routeExperts(args: RouteArgs): Dispatch {
  const { rows, experts, logits, share } = args;
  return {
    label: share.label,
    kernel: ROUTE_EXPERTS,
    overrides: {},
    dims: [rows, experts.count, experts.perToken, args.logitsRowStride, args.shareRowStride],
    buffers: [logits.slot, share.slot],
    workgroups: [Math.ceil(rows / 64), 1, 1],
    multiplyAdds: 0,
  };
}

export type MixArgs = {
  readonly share: GpuTensor; // [rows, n_experts]
  readonly shareRowStride: number;
  readonly y: GpuTensor; // [rows, d_model]: what the expert gives
  readonly mixed: GpuTensor; // [rows, d_model], laid out as y
  readonly rowStride: number; // of both
  readonly rows: number;
  readonly dModel: number;
  readonly expert: number;
};

/** mixed = (0 for the first expert, else mixed) + share · y, where the share is not 0. */
export function mixExpert(args: MixArgs): Dispatch {
  const { rows, dModel, expert, share, y, mixed } = args;
  return {
    label: mixed.label,
    kernel: MIX_EXPERT,
    overrides: { is_first: Number(expert === 0) },
    dims: [rows, dModel, expert, args.shareRowStride, args.rowStride],
    buffers: [share.slot, y.slot, mixed.slot],
    workgroups: [Math.ceil(dModel / 64), rows, 1],
    multiplyAdds: 0,
  };
}
