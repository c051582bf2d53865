// Dispatches a norm over rows: rmsNorm.wgsl or layerNorm.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import layerNormCode from './layerNorm.wgsl?raw';
import { numericKernel } from './numerics.ts';
import rmsNormCode from './rmsNorm.wgsl?raw';
import { type RowPlan, rowDispatch } from './rowPlan.ts';

export const RMS_NORM = numericKernel('rmsNorm', [rmsNormCode], ['uniform', 'read', 'read', 'write', 'write', 'write']);
export const LAYER_NORM = numericKernel(
  'layerNorm',
  [layerNormCode],
  ['uniform', 'read', 'read', 'read', 'write', 'write', 'write'],
);

/** The numbers by which the kernels know what they are given. */
const GIVEN = { nothing: 0, scale: 1, normalized: 2 } as const;

/** Where each row of a tensor stands: rows of positions, each with one row or one a head. Elements. */
export type RowPlaces = { readonly tensor: GpuTensor; readonly rowStride: number; readonly headStride: number };

export type NormRows = {
  readonly label: string;
  readonly positions: number;
  readonly heads: number; // rows of its own that each position has: 1, or its heads
  readonly d: number;
  readonly x: RowPlaces; // [positions, heads, d]
  readonly normalized: RowPlaces; // the same shape
  readonly scale: RowPlaces; // [positions, heads, 1]
  readonly y: RowPlaces; // laid out as normalized
  readonly w: BufferSlot; // [d] f32
  readonly eps: number;
  readonly plan: RowPlan;
  readonly given?: 'scale' | 'normalized'; // read from its tensor instead of computed: an intervention edited it
};

/** normalized = x / √(mean x² + ε), y = normalized · (w + weightOffset). */
export function rmsNorm(args: NormRows & { readonly weightOffset: number }): Dispatch {
  const { overrides, workgroups } = rowDispatch(args.plan, args.positions * args.heads);
  return {
    label: args.label,
    kernel: RMS_NORM,
    overrides: { ...overrides, given: GIVEN[args.given ?? 'nothing'] },
    dims: [...rowDims(args, workgroups[0]), { f32: args.eps }, { f32: args.weightOffset }],
    buffers: [args.x.tensor.slot, args.w, args.scale.tensor.slot, args.normalized.tensor.slot, args.y.tensor.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

/** normalized = (x − mean) / √(variance + ε), y = normalized · w + b. */
export function layerNorm(
  args: NormRows & { readonly b: { readonly slot: BufferSlot; readonly present: boolean } },
): Dispatch {
  const { overrides, workgroups } = rowDispatch(args.plan, args.positions * args.heads);
  return {
    label: args.label,
    kernel: LAYER_NORM,
    overrides: { ...overrides, has_bias: Number(args.b.present), given: GIVEN[args.given ?? 'nothing'] },
    dims: [...rowDims(args, workgroups[0]), { f32: args.eps }],
    buffers: [
      args.x.tensor.slot,
      args.w,
      args.b.slot,
      args.scale.tensor.slot,
      args.normalized.tensor.slot,
      args.y.tensor.slot,
    ],
    workgroups,
    multiplyAdds: 0,
  };
}

function rowDims(args: NormRows, workgroupsX: number): number[] {
  return [
    args.positions * args.heads,
    workgroupsX,
    args.d,
    args.heads,
    args.x.rowStride,
    args.x.headStride,
    args.x.tensor.offset,
    args.y.rowStride,
    args.y.headStride,
    args.y.tensor.offset,
    args.scale.rowStride,
    args.scale.headStride,
  ];
}
