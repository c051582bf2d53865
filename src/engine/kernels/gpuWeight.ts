// A weight on the GPU, as the kernels read it: a matrix in panels of eight columns, or a vector in f32.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import { bytesPerElement, type WeightDtype } from '../tensor/dtype.ts';

/** Columns of one panel: what one invocation of a product owns. */
export const PANEL_COLUMNS = 8;

/**
 * A matrix [rows, columns] in panels: [panel][⌈rows/4⌉][4][8]. Columns come in groups (heads), each beginning a panel.
 * W_Q, W_K and W_V side by side are one such matrix; each alone is a range of its groups.
 */
export type PanelMatrix = {
  readonly slot: BufferSlot;
  readonly dtype: WeightDtype;
  readonly rows: number; // the reduction length, K
  readonly groups: number;
  readonly groupColumns: number; // columns of each group
  readonly firstGroup: number; // of this matrix in the buffer
};

export function panelsPerGroup(groupColumns: number): number {
  return Math.ceil(groupColumns / PANEL_COLUMNS);
}

/** ⌈K/4⌉: products walk the reduction four at a time. */
export function chunksOf(rows: number): number {
  return Math.ceil(rows / 4);
}

/** Bytes of a matrix in panels. */
export function panelBytes(rows: number, groups: number, groupColumns: number, dtype: WeightDtype): number {
  const elements = groups * panelsPerGroup(groupColumns) * chunksOf(rows) * 4 * PANEL_COLUMNS;
  return elements * bytesPerElement(dtype);
}

/** The groups from `first` on, of the same buffer: W_K out of W_Q | W_K | W_V. */
export function groupRange(matrix: PanelMatrix, first: number, groups: number): PanelMatrix {
  return { ...matrix, firstGroup: matrix.firstGroup + first, groups };
}
