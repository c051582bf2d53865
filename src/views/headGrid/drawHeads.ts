// All heads into the pixels of one sheet: a row of cells a layer, in each a thumbnail or the flat colour of a score. Pure.
import type { Atlas } from '../data.ts';
import { TEXTURE_MASKED } from '../marks/colour.ts';
import { drawSquare, type Ground } from '../marks/raster.ts';
import type { ValueScale } from '../marks/valueScale.ts';
import type { HeadAt } from './layout.ts';
import { type GridMetric, scoreOf } from './metrics.ts';

export type HeadsPlot = {
  readonly atlas: Atlas;
  readonly rows: readonly (readonly HeadAt[])[];
  readonly scale: ValueScale;
  readonly metric: GridMetric;
};

type Frame = {
  readonly pixels: Uint32Array;
  readonly widthPx: number; // nHeads cells
  readonly ratio: number; // pixels per unit of the gaps
  readonly ground: Ground;
};

/** Draws the rows from the frame's top, as many cells across as the model has heads. */
export function drawHeads(frame: Frame, { rows, ...plot }: HeadsPlot): void {
  rows.forEach((heads, row) => {
    heads.forEach((at, column) => {
      drawHead(frame, { ...plot, at, row, column });
    });
  });
}

type HeadPlot = Omit<HeadsPlot, 'rows'> & { readonly at: HeadAt; readonly row: number; readonly column: number };

function drawHead(frame: Frame, { atlas, scale, metric, at, row, column }: HeadPlot): void {
  const { extent, nHeads, values } = atlas;
  const step = frame.widthPx / nHeads;
  const gap = Math.max(1, Math.round(1.5 * frame.ratio));
  const plot = {
    pixels: frame.pixels,
    widthPx: frame.widthPx,
    leftPx: Math.round(column * step) + gap,
    topPx: Math.round(row * step) + gap,
    sidePx: Math.floor(step) - 2 * gap,
    gapPx: 0,
    ground: frame.ground,
  };
  if (metric !== 'pattern') {
    const score = scoreOf(metric, at, atlas) ?? Number.NaN;
    const pixel = Number.isNaN(score) && metric !== 'delta' ? TEXTURE_MASKED : scale.pixel(score); // no score is not NaN
    drawSquare(plot, 1, () => pixel);
    return;
  }
  const first = (at.layer * nHeads + at.head) * extent * extent;
  const shown = Math.min(extent, plot.sidePx);
  drawSquare(plot, shown, (q, k) => {
    if (k > q) return TEXTURE_MASKED;
    return scale.pixel(largestIn(values, { first, extent, shown, q, k }));
  });
}

type Pool = {
  readonly first: number;
  readonly extent: number;
  readonly shown: number;
  readonly q: number;
  readonly k: number;
};

/** The largest of the cells that one drawn cell stands for, where a thumbnail is drawn smaller than it is. */
function largestIn(values: Float32Array, { first, extent, shown, q, k }: Pool): number {
  const edge = (position: number) => Math.floor((position * extent) / shown);
  let largest = 0;
  for (let row = edge(q); row < edge(q + 1); row++) {
    for (let column = edge(k); column < edge(k + 1); column++) {
      largest = Math.max(largest, values[first + row * extent + column] ?? 0);
    }
  }
  return largest;
}
