// Dispatches the layout of a piece of a checkpoint's matrix into panels, once, at upload.
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

/** Where element (k, n) stands in the tensor, in elements: `checkpoint/weights.ts` tells the formula. */
export type SourceView = {
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly columnsPerGroup: number;
  readonly groupStride: number;
};

/** A run of a tensor's elements, and where it lies in a buffer. */
export type SourcePiece = {
  readonly slot: BufferSlot;
  readonly dtype: WeightDtype;
  readonly base: number; // elements of the tensor before the piece's first
  readonly elements: number;
  readonly first: number; // element of the buffer where the piece begins
};

export type LayoutWeightArgs = {
  readonly label: string;
  readonly source: SourcePiece;
  readonly view: SourceView;
  readonly target: PanelMatrix; // dtype: the source's, or f32
};

/** Fills what the piece holds of the target's panels: one dispatch, or none where it holds nothing of them. */
export function layoutWeight({ label, source, view, target }: LayoutWeightArgs): Dispatch[] {
  const box = touched(view, target, source.base, source.base + source.elements);
  if (!box) return [];
  const perGroup = panelsPerGroup(target.groupColumns);
  const invocations = box.ks * box.panels;
  const workgroups = spread(Math.ceil(invocations / 64));
  return [
    {
      label,
      kernel: LAYOUT_WEIGHT,
      overrides: layoutOverrides(source.dtype, target.dtype === 'f32'),
      dims: [
        ...[invocations, workgroups[0] * 64],
        ...[box.firstPanel, box.firstK, box.ks],
        ...[target.rows, chunksOf(target.rows), target.firstGroup * perGroup, perGroup, target.groupColumns],
        ...[view.offset, view.rowStride, view.columnStride, view.columnsPerGroup, view.groupStride],
        ...[source.base, source.elements, source.first],
      ],
      buffers: [source.slot, target.slot],
      workgroups,
      multiplyAdds: 0,
    },
  ];
}

/** What the kernel is compiled with for a source of this dtype whose panels hold f32 (`wide`) or the source's own bits. */
export function layoutOverrides(dtype: WeightDtype, wide: boolean): Readonly<Record<string, number>> {
  return { source_dtype: WEIGHT_DTYPE[dtype], widened: Number(wide && dtype !== 'f32') };
}

type Box = { readonly firstPanel: number; readonly panels: number; readonly firstK: number; readonly ks: number };

/** The element of the tensor where column n begins. */
export function startOf(view: SourceView, n: number): number {
  return (
    view.offset +
    Math.floor(n / view.columnsPerGroup) * view.groupStride +
    (n % view.columnsPerGroup) * view.columnStride
  );
}

/** The columns [first, end) that have elements in the tensor's range [base, end): each spans `rows` from its start, and both ascend. */
export function touchedColumns(view: SourceView, matrix: PanelMatrix, base: number, end: number): [number, number] {
  const columns = matrix.groups * matrix.groupColumns;
  const span = (matrix.rows - 1) * view.rowStride;
  const first = firstWhere(columns, (n) => startOf(view, n) + span >= base);
  return [first, firstWhere(columns, (n) => startOf(view, n) >= end)];
}

/** The smallest box of panels and k that holds every element of the tensor's range [base, end); null where there is none. */
function touched(view: SourceView, matrix: PanelMatrix, base: number, end: number): Box | null {
  const { rows, groups, groupColumns } = matrix;
  const [firstN, endN] = touchedColumns(view, matrix, base, end);
  const rowSpan = startOf(view, groups * groupColumns - 1) - view.offset; // a row lies between the first and the last column
  const firstK = firstWhere(rows, (k) => view.offset + k * view.rowStride + rowSpan >= base);
  const endK = firstWhere(rows, (k) => view.offset + k * view.rowStride >= end);
  if (firstN >= endN || firstK >= endK) return null;
  const panelOf = (n: number): number =>
    Math.floor(n / groupColumns) * panelsPerGroup(groupColumns) + Math.floor((n % groupColumns) / 8);
  const firstPanel = panelOf(firstN);
  return { firstPanel, panels: panelOf(endN - 1) + 1 - firstPanel, firstK, ks: endK - firstK };
}

/** The first of 0 … count − 1 for which an ascending condition holds; `count` where it never does. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
