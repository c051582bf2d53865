// A window of a head's matrix on so many pixels: which level is drawn, where its cells lie, and what the GPU needs to paint it. Pure.
import { BETWEEN_CELLS, levelExtents, type MatrixPainting } from '../../engine/index.ts';
import { coloursOf } from '../marks/painting.ts';
import { type CellWindow, cellsAlong, type Ground } from '../marks/raster.ts';
import type { Cells } from './cells.ts';
import { levelFor, type MapWindow } from './mapWindow.ts';

const LEAST_WITH_GAPS = 12; // CSS pixels of a cell

export type WindowView = {
  readonly level: number;
  readonly view: CellWindow; // in cells of the level
  readonly gapPx: number;
};

/** What is drawn of a window on a map of `side` CSS pixels. */
export function viewOf({ nPos }: Pick<Cells, 'nPos'>, window: MapWindow, side: number, ratio: number): WindowView {
  const level = levelFor(window, levelExtents(nPos).length, side);
  const scale = 2 ** level;
  const gapPx = level === 0 && side / window.span > LEAST_WITH_GAPS ? Math.round(ratio) : 0;
  return { level, view: { top: window.top / scale, left: window.left / scale, span: window.span / scale }, gapPx };
}

type Sheet = { readonly side: number; readonly ratio: number; readonly ground: Ground };

/** The same as tables for the GPU. */
export function windowPainting(
  cells: Pick<Cells, 'nPos' | 'side' | 'scale'>,
  window: MapWindow,
  { side, ratio, ground }: Sheet,
): WindowView & { readonly painting: MatrixPainting } {
  const seen = viewOf(cells, window, side, ratio);
  const { level, gapPx, view } = seen;
  const along = (first: number) =>
    cellsAlong({ first, span: view.span, extentPx: Math.round(side * ratio), gapPx }, BETWEEN_CELLS);
  const painting = {
    ...{ level, columns: along(view.left), rows: along(view.top), isMagnitude: cells.side === 'absDelta' },
    ...coloursOf(cells.scale),
    ground,
  };
  return { ...seen, painting };
}
