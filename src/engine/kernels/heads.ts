// Dispatches what is done head by head before attention: rotary.wgsl and repeatHeads.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dim, Dispatch } from '../gpu/plan.ts';
import { numericKernel } from './numerics.ts';
import repeatCode from './repeatHeads.wgsl?raw';
import rotaryCode from './rotary.wgsl?raw';

export const ROTARY = numericKernel('rotary', [rotaryCode], ['uniform', 'read', 'read', 'write']);
export const REPEAT_HEADS: Kernel = { name: 'repeatHeads', code: repeatCode, bindings: ['uniform', 'read', 'write'] };

export type RotaryArgs = {
  readonly x: GpuTensor; // [rows, heads, d_head]
  readonly xRowStride: number;
  readonly xHeadStride: number;
  readonly y: GpuTensor; // the same shape
  readonly yRowStride: number;
  readonly table: BufferSlot; // [positions, rotary_dim / 2] of (cos, sin)
  readonly firstPosition?: Dim; // of the first row; left out: 0
  readonly rows: number;
  readonly nPos: number;
  readonly heads: number;
  readonly dHead: number;
  readonly rotaryDim: number;
  readonly interleaved: boolean;
};

/** Turns each pair of each head by its position's angle. */
export function rotary(args: RotaryArgs): Dispatch {
  return {
    label: args.y.label,
    kernel: ROTARY,
    overrides: { interleaved: Number(args.interleaved) },
    dims: [
      args.rows,
      args.nPos,
      args.heads,
      args.dHead,
      args.rotaryDim,
      args.xRowStride,
      args.xHeadStride,
      args.x.offset,
      args.yRowStride,
      args.firstPosition ?? 0,
    ],
    buffers: [args.x.slot, args.table, args.y.slot],
    workgroups: [Math.ceil((args.heads * (args.dHead - args.rotaryDim / 2)) / 64), args.rows, 1],
    multiplyAdds: 0,
  };
}

export type RepeatHeadsArgs = {
  readonly x: GpuTensor; // [rows, heads / repeats, d]
  readonly xRowStride: number;
  readonly xHeadStride: number;
  readonly y: GpuTensor; // [rows, heads, d]
  readonly yRowStride: number;
  readonly yHeadStride: number;
  readonly yOffset?: Dim; // elements; left out: y's own offset
  readonly rows: number;
  readonly heads: number;
  readonly repeats: number;
  readonly d: number;
};

/** y[row, h] = x[row, ⌊h / repeats⌋], bit by bit. */
export function repeatHeads(args: RepeatHeadsArgs): Dispatch {
  return {
    label: args.y.label,
    kernel: REPEAT_HEADS,
    overrides: {},
    dims: [
      args.rows,
      args.heads,
      args.repeats,
      args.d,
      args.xRowStride,
      args.xHeadStride,
      args.x.offset,
      args.yRowStride,
      args.yHeadStride,
      args.yOffset ?? args.y.offset,
    ],
    buffers: [args.x.slot, args.y.slot],
    workgroups: [Math.ceil(args.d / 256), args.rows, args.heads],
    multiplyAdds: 0,
  };
}
