// Dispatches paintMatrix.wgsl, and lays out its tables.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import type { Square } from './heldMatrix.ts';
import paintCode from './paintMatrix.wgsl?raw';
import f32BitsCode from './shared/f32Bits.wgsl?raw';

const PAINT_MATRIX: Kernel = {
  name: 'paintMatrix',
  code: [f32BitsCode, paintCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'write'],
};

/** How a window of one level is drawn: plain tables, made by whoever knows scales and windows. Pixels are 0xAABBGGRR. */
export type MatrixPainting = {
  readonly level: number;
  readonly columns: Uint32Array; // [width_px]: the cell that each lies in; BETWEEN_CELLS
  readonly rows: Uint32Array; // [height_px]
  readonly isMagnitude: boolean; // values without their sign
  readonly firsts: Int32Array; // [steps]: from which value on a colour is used, as an ordered integer, ascending
  readonly colours: Uint32Array; // [steps]
  readonly zero: number; // of an exact 0: a colour, or a texture's code
  readonly nan: number;
  readonly masked: number;
  readonly ground: Readonly<Record<'mask' | 'stroke' | 'paper' | 'dot' | 'nan', number>>; // the textures' colours
};

/** The cell of a row or column of pixels that lies between two cells. */
export const BETWEEN_CELLS = 0xffffffff;

/** Pixels from one row to the next: a texture is filled by rows of whole 256 bytes. */
export function rowPixels(widthPx: number): number {
  return Math.ceil(widthPx / 64) * 64;
}

/** What the kernel reads beside the cells. */
export function paintTables({ firsts, colours, columns, rows }: MatrixPainting): Uint32Array<ArrayBuffer> {
  const tables = new Uint32Array(2 * firsts.length + columns.length + rows.length);
  tables.set(new Uint32Array(firsts.buffer, firsts.byteOffset, firsts.length));
  tables.set(colours, firsts.length);
  tables.set(columns, 2 * firsts.length);
  tables.set(rows, 2 * firsts.length + columns.length);
  return tables;
}

export type PaintMatrixArgs = {
  readonly label: string;
  readonly cells: Square; // of the painting's level
  readonly painting: MatrixPainting;
  readonly tables: BufferSlot; // filled with paintTables
  readonly pixels: BufferSlot; // [height_px, rowPixels(width_px)]
};

/** A window of a matrix as pixels. */
export function paintMatrix({ label, cells, painting, tables, pixels }: PaintMatrixArgs): Dispatch {
  const { columns, rows, firsts, isMagnitude, zero, nan, masked, ground } = painting;
  return {
    label,
    kernel: PAINT_MATRIX,
    overrides: {},
    dims: [
      ...[cells.extent, cells.offset, columns.length, rows.length, rowPixels(columns.length), firsts.length],
      ...[isMagnitude ? 1 : 0, zero, nan, masked],
      ...[ground.mask, ground.stroke, ground.paper, ground.dot, ground.nan],
    ],
    buffers: [cells.slot, tables, pixels],
    workgroups: [Math.ceil(columns.length / 64), rows.length, 1],
    multiplyAdds: 0,
  };
}
