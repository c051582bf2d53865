// The cells of a sweep's map as pixels: coloured by the metric; those that have not come, or that no path leads to, have their texture.
import { TEXTURE_MASKED } from '../marks/colour.ts';
import { type CellPlot, drawCells } from '../marks/raster.ts';
import type { ValueScale } from '../marks/valueScale.ts';
import type { GridMap } from './maps.ts';

const LEAST_WITH_GAPS = 8; // CSS pixels of a cell

/** Draws a whole map; `cell` is its cells' width in CSS pixels, `ratio` how many pixels one of them has. */
export function drawMap<C extends { readonly value: number }>(
  plot: Pick<CellPlot, 'pixels' | 'widthPx' | 'heightPx' | 'ground'> & {
    readonly ratio: number;
    readonly cell: number;
  },
  map: GridMap<C>,
  scale: ValueScale,
): void {
  const { ratio, cell, ...canvas } = plot;
  const gapPx = cell > LEAST_WITH_GAPS ? Math.round(ratio) : 0;
  const extent = { rows: map.nRows, columns: map.nColumns };
  drawCells({ ...canvas, leftPx: 0, topPx: 0, spanPx: canvas.widthPx, gapPx }, extent, (row, column) => {
    const found = map.at(row, column);
    return found ? scale.pixel(found.value) : TEXTURE_MASKED;
  });
}
