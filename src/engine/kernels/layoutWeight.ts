// Dispatches the layout of a checkpoint's matrix into panels, once, at upload.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import { chunksOf, type PanelMatrix, panelsPerGroup } from './gpuWeight.ts';
import code from './layoutWeight.wgsl?raw';
import widenCode from './shared/widen.wgsl?raw';
import { spread } from './spread.ts';
import { WEIGHT_DTYPE } from './weightDtype.ts';

export const LAYOUT_WEIGHT: Kernel = {
  name: 'layoutWeight',
  code: [widenCode, code].join('\n'),
  bindings: ['uniform', 'read', 'write'],
};

/** Where element (k, n) stands in the source, in elements: `checkpoint/weights.ts` tells the formula. */
export type SourceView = {
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly columnsPerGroup: number;
  readonly groupStride: number;
};

export type LayoutWeightArgs = {
  readonly label: string;
  readonly source: BufferSlot; // the tensor's bytes as they stand in the file
  readonly sourceDtype: WeightDtype;
  readonly sourceBase: number; // elements of the tensor before the source's first
  readonly view: SourceView;
  readonly target: PanelMatrix; // dtype: the source's, or f32
};

/** Fills the target's panels from the source. */
export function layoutWeight(args: LayoutWeightArgs): Dispatch {
  const { target, view } = args;
  const perGroup = panelsPerGroup(target.groupColumns);
  const chunks = chunksOf(target.rows);
  const words = target.groups * perGroup * chunks * 4 * (target.dtype === 'f32' ? 8 : 4);
  const workgroups = spread(Math.ceil(words / 64));
  return {
    label: args.label,
    kernel: LAYOUT_WEIGHT,
    overrides: {
      source_dtype: WEIGHT_DTYPE[args.sourceDtype],
      widened: Number(target.dtype === 'f32' && args.sourceDtype !== 'f32'),
    },
    dims: [
      words,
      workgroups[0] * 64,
      target.rows,
      chunks,
      target.firstGroup * perGroup,
      perGroup,
      target.groupColumns,
      view.offset,
      args.sourceBase,
      view.rowStride,
      view.columnStride,
      view.columnsPerGroup,
      view.groupStride,
    ],
    buffers: [args.source, target.slot],
    workgroups,
    multiplyAdds: 0,
  };
}
