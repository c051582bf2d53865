// Dispatches a norm over rows: rmsNorm.wgsl or layerNorm.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import layerNormCode from './layerNorm.wgsl?raw';
import rmsNormCode from './rmsNorm.wgsl?raw';
import { spread } from './spread.ts';

export const RMS_NORM: Kernel = {
  name: 'rmsNorm',
  code: rmsNormCode,
  bindings: ['uniform', 'read', 'read', 'write', 'write', 'write'],
};
export const LAYER_NORM: Kernel = {
  name: 'layerNorm',
  code: layerNormCode,
  bindings: ['uniform', 'read', 'read', 'read', 'write', 'write', 'write'],
};

export type NormRows = {
  readonly label: string;
  readonly rows: number;
  readonly d: number;
  readonly x: GpuTensor; // [rows, d]
  readonly xRowStride: number;
  readonly normalized: GpuTensor; // [rows, d]
  readonly scale: GpuTensor; // [rows, 1]
  readonly scaleStride: number;
  readonly y: GpuTensor; // [rows, d]
  readonly yRowStride: number;
  readonly w: BufferSlot; // [d] f32
  readonly eps: number;
  readonly lanes: number; // invocations a row
};

/** normalized = x / √(mean x² + ε), y = normalized · (w + weightOffset). */
export function rmsNorm(args: NormRows & { readonly weightOffset: number }): Dispatch {
  const workgroups = spread(args.rows);
  return {
    label: args.label,
    kernel: RMS_NORM,
    overrides: { lanes: args.lanes },
    dims: [...rowDims(args, workgroups[0]), { f32: args.eps }, { f32: args.weightOffset }],
    buffers: [args.x.slot, args.w, args.scale.slot, args.normalized.slot, args.y.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

/** normalized = (x − mean) / √(variance + ε), y = normalized · w + b. */
export function layerNorm(
  args: NormRows & { readonly b: { readonly slot: BufferSlot; readonly present: boolean } },
): Dispatch {
  const workgroups = spread(args.rows);
  return {
    label: args.label,
    kernel: LAYER_NORM,
    overrides: { lanes: args.lanes, has_bias: Number(args.b.present) },
    dims: [...rowDims(args, workgroups[0]), { f32: args.eps }],
    buffers: [args.x.slot, args.w, args.b.slot, args.scale.slot, args.normalized.slot, args.y.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

function rowDims(args: NormRows, workgroupsX: number): number[] {
  return [
    args.rows,
    workgroupsX,
    args.d,
    args.xRowStride,
    args.x.offset,
    args.yRowStride,
    args.y.offset,
    args.scaleStride,
  ];
}
