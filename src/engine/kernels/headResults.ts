// Dispatches what single heads add to the stream: headResults.wgsl, and headChanges.wgsl for edits of it.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { chunksOf, type PanelMatrix } from './gpuWeight.ts';
import changesCode from './headChanges.wgsl?raw';
import resultsCode from './headResults.wgsl?raw';
import { numericKernel } from './numerics.ts';
import widenCode from './shared/widen.wgsl?raw';
import { WEIGHT_DTYPE } from './weightDtype.ts';

export const HEAD_RESULTS = numericKernel(
  'headResults',
  [widenCode, resultsCode],
  ['uniform', 'read', 'read', 'write'],
);
export const HEAD_CHANGES = numericKernel('headChanges', [changesCode], ['uniform', 'read', 'read', 'read', 'write']);

export type HeadShape = {
  readonly rows: number;
  readonly nHeads: number;
  readonly dHead: number;
  readonly dModel: number;
  readonly places: { readonly rowStride: number; readonly headStride: number }; // of results, in elements
};

export type HeadResultsArgs = HeadShape & {
  readonly z: GpuTensor; // [rows, n_heads, d_head], heads side by side
  readonly zRowStride: number;
  readonly W_O: PanelMatrix; // [n_heads · d_head, d_model]
  readonly result: GpuTensor; // [rows, n_heads, d_model]
};

/** result[row, h] = z[row, h] · W_O[h]. */
export function headResults(args: HeadResultsArgs): Dispatch {
  const { rows, nHeads, dHead, dModel, places, z, W_O, result } = args;
  return {
    label: result.label,
    kernel: HEAD_RESULTS,
    overrides: { weight_dtype: WEIGHT_DTYPE[W_O.dtype] },
    dims: [
      rows,
      nHeads,
      dHead,
      dModel,
      chunksOf(W_O.rows),
      args.zRowStride,
      z.offset,
      places.rowStride,
      places.headStride,
    ],
    buffers: [z.slot, W_O.slot, result.slot],
    workgroups: [Math.ceil(Math.ceil(dModel / 8) / 64), rows, nHeads],
    multiplyAdds: rows * nHeads * dHead * dModel,
  };
}

export type HeadChangesArgs = HeadShape & {
  readonly out: GpuTensor; // [rows, d_model]
  readonly outRowStride: number;
  readonly result: GpuTensor; // [rows, n_heads, d_model]
  readonly passed: GpuTensor; // the same, edited
  readonly changed: GpuTensor; // laid out as out
};

/** changed = out + Σ_h (passed[h] − result[h]), heads in ascending order; where no bit differs, nothing is added. */
export function headChanges(args: HeadChangesArgs): Dispatch {
  const { rows, nHeads, dModel, places, out, result, passed, changed } = args;
  return {
    label: changed.label,
    kernel: HEAD_CHANGES,
    overrides: {},
    dims: [rows, nHeads, dModel, args.outRowStride, places.rowStride, places.headStride],
    buffers: [out.slot, result.slot, passed.slot, changed.slot],
    workgroups: [Math.ceil(dModel / 64), rows, 1],
    multiplyAdds: 0,
  };
}
