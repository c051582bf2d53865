// Dispatches the look-up of each token's (or position's) column.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import code from './embed.wgsl?raw';
import { chunksOf, type PanelMatrix } from './gpuWeight.ts';
import { numericKernel } from './numerics.ts';
import widenCode from './shared/widen.wgsl?raw';
import { WEIGHT_DTYPE } from './weightDtype.ts';

export const EMBED = numericKernel('embed', [widenCode, code], ['uniform', 'read', 'read', 'write']);

export type EmbedArgs = {
  readonly ids: BufferSlot; // [rows] u32
  readonly rows: number;
  readonly table: PanelMatrix; // [d_model, columns]: the table, or a part of it
  readonly firstColumn: number; // of the part, in the table
  readonly scale: number;
  readonly y: GpuTensor; // [rows, d_model]
  readonly yRowStride: number;
};

/** y[row] = scale · table[:, ids[row]], for the ids that the part holds. */
export function embed(args: EmbedArgs): Dispatch {
  return {
    label: args.y.label,
    kernel: EMBED,
    overrides: { weight_dtype: WEIGHT_DTYPE[args.table.dtype] },
    dims: [
      args.rows,
      args.table.rows,
      chunksOf(args.table.rows),
      args.yRowStride,
      { f32: args.scale },
      args.firstColumn,
      args.table.groupColumns,
    ],
    buffers: [args.ids, args.table.slot, args.y.slot],
    workgroups: [Math.ceil(args.table.rows / 64), args.rows, 1],
    multiplyAdds: 0,
  };
}
