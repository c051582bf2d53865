// Raster: cells to device pixels. Textures (masked, exact zero, NaN) are drawn by pixel position, so that they are seen in any colour.
// Pure, on a Uint32Array; a canvas only receives the result. Drawing 800 × 800 pixels takes a few milliseconds.
import { type Pixel, TEXTURE_MASKED, TEXTURE_NAN, TEXTURE_ZERO } from './colour.ts';

export type Ground = Readonly<Record<'mask' | 'stroke' | 'paper' | 'dot' | 'nan', Pixel>>;

export type Plot = {
  readonly pixels: Uint32Array; // [heightPx, widthPx] of the whole canvas
  readonly widthPx: number;
  readonly leftPx: number;
  readonly topPx: number;
  readonly sidePx: number; // of the square to draw
  readonly gapPx: number; // between cells; 0 where cells are small
  readonly ground: Ground;
};

/** Chooses the pixel of a texture at (x, y): diagonal strokes for masked, dots for exact zero, on paper or on a colour, a check for NaN. */
export function texturePixel(code: Pixel, x: number, y: number, ground: Ground): Pixel {
  if (code === TEXTURE_MASKED) return (x + y) % 8 < 1 ? ground.stroke : ground.mask;
  if (code === TEXTURE_NAN) return (x & 4) === (y & 4) ? ground.dot : ground.nan;
  if (x % 6 < 2 && y % 6 < 2) return ground.dot;
  return code === TEXTURE_ZERO ? ground.paper : (code | 0xff000000) >>> 0;
}

/** Draws a square of `nPos` × `nPos` cells; `cell(q, k)` gives a colour or a texture code. */
export function drawSquare(plot: Plot, nPos: number, cell: (queryPos: number, keyPos: number) => Pixel): void {
  drawCells({ ...plot, heightPx: plot.sidePx, spanPx: plot.sidePx }, { rows: nPos, columns: nPos }, cell);
}

/** A rectangle of cells on the canvas: `spanPx` wide and `heightPx` high. */
export type CellPlot = Omit<Plot, 'sidePx'> & { readonly spanPx: number; readonly heightPx: number };

/** Draws a rectangle of cells; `cell(row, column)` gives a colour or a texture code. */
export function drawCells(
  plot: CellPlot,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  cell: (row: number, column: number) => Pixel,
): void {
  const edges = (count: number, extentPx: number) =>
    Int32Array.from({ length: count + 1 }, (_, edge) => Math.round((edge * extentPx) / count));
  const [down, across] = [edges(rows, plot.heightPx), edges(columns, plot.spanPx)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [top, bottom] = [down[row] ?? 0, (down[row + 1] ?? 0) - plot.gapPx];
      const [left, right] = [across[column] ?? 0, (across[column + 1] ?? 0) - plot.gapPx];
      fill(plot, { top, bottom, left, right }, cell(row, column));
    }
  }
}

/** Which cells a plot shows: a square of `span` from (top, left) on, in cells; fractions where it begins or ends within one. */
export type CellWindow = { readonly top: number; readonly left: number; readonly span: number };

/** Draws a window of a square of cells over the whole canvas; cells at its edges are cut. */
export function drawWindow(
  plot: Omit<Plot, 'sidePx' | 'leftPx' | 'topPx'> & { readonly heightPx: number },
  window: CellWindow,
  cell: (row: number, column: number) => Pixel,
): void {
  const { widthPx, heightPx, gapPx } = plot;
  const { span } = window;
  const whole = { ...plot, leftPx: 0, topPx: 0, spanPx: widthPx };
  const down = stripsOf({ first: window.top, span, extentPx: heightPx, gapPx });
  const across = stripsOf({ first: window.left, span, extentPx: widthPx, gapPx });
  for (const [row, top, bottom] of down) {
    for (const [column, left, right] of across) {
      fill(whole, { top, bottom, left, right }, cell(row, column));
    }
  }
}

/** One axis of a window: from which cell on, how many cells (fractions where it begins or ends within one), on how many pixels. */
export type WindowAxis = {
  readonly first: number;
  readonly span: number;
  readonly extentPx: number;
  readonly gapPx: number;
};

type Strip = readonly [cell: number, fromPx: number, toPx: number];

function stripsOf({ first, span, extentPx, gapPx }: WindowAxis): readonly Strip[] {
  const at = (cell: number) => Math.min(extentPx, Math.max(0, Math.round(((cell - first) * extentPx) / span)));
  const from = Math.floor(first);
  return Array.from({ length: Math.max(0, Math.ceil(first + span) - from) }, (_, index): Strip => {
    return [from + index, at(from + index), at(from + index + 1) - gapPx];
  });
}

/** The cell that each pixel of an axis lies in, as drawWindow has it; `between` where it lies in a gap: [extentPx]. */
export function cellsAlong(axis: WindowAxis, between: number): Uint32Array {
  const cells = new Uint32Array(axis.extentPx).fill(between);
  for (const [cell, fromPx, toPx] of stripsOf(axis)) cells.fill(cell, fromPx, Math.max(fromPx, toPx));
  return cells;
}

type Box = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

function fill({ pixels, widthPx, leftPx, topPx, ground }: CellPlot, box: Box, colour: Pixel): void {
  for (let y = box.top; y < box.bottom; y++) {
    const row = (topPx + y) * widthPx + leftPx;
    for (let x = box.left; x < box.right; x++) {
      pixels[row + x] = colour >>> 24 === 0 ? texturePixel(colour, x, y, ground) : colour;
    }
  }
}
