// The part of a head's matrix that its map shows: a square of whole cells, zoomed and moved within the matrix. Pure.
import type { Cell } from './cells.ts';

export type MapWindow = { readonly top: number; readonly left: number; readonly span: number }; // in cells

const LEAST_SPAN = 8;

/** All of it. */
export function wholeWindow(nPos: number): MapWindow {
  return { top: 0, left: 0, span: nPos };
}

/** Tells whether there is more than is shown. */
export function isZoomed({ span }: MapWindow, nPos: number): boolean {
  return span < nPos;
}

/** The square that covers what was drawn out from one cell to another. */
export function windowBetween([q1, k1]: Cell, [q2, k2]: Cell, nPos: number): MapWindow {
  const span = Math.max(Math.abs(q2 - q1), Math.abs(k2 - k1)) + 1;
  return within({ top: Math.min(q1, q2), left: Math.min(k1, k2), span }, nPos);
}

/** Zooms by a factor (2: half as many cells) about a cell, which stays where it is. */
export function zoomedAbout(window: MapWindow, factor: number, [q, k]: Cell, nPos: number): MapWindow {
  const span = Math.min(nPos, Math.max(LEAST_SPAN, Math.round(window.span / factor)));
  const kept = span / window.span;
  const top = Math.round(q + 0.5 - (q + 0.5 - window.top) * kept);
  const left = Math.round(k + 0.5 - (k + 0.5 - window.left) * kept);
  return within({ top, left, span }, nPos);
}

/** Moves by whole cells. */
export function movedBy(window: MapWindow, down: number, right: number, nPos: number): MapWindow {
  return within({ ...window, top: window.top + Math.round(down), left: window.left + Math.round(right) }, nPos);
}

/** The same window, moved no further than a cell needs to be in it. */
export function following(window: MapWindow, [q, k]: Cell, nPos: number): MapWindow {
  const reach = (first: number, at: number) => Math.min(at, Math.max(first, at - window.span + 1));
  const [top, left] = [reach(window.top, q), reach(window.left, k)];
  return top === window.top && left === window.left ? window : within({ ...window, top, left }, nPos);
}

/** The level whose cells are no smaller than a pixel of a map `sidePx` wide. */
export function levelFor({ span }: MapWindow, nLevels: number, sidePx: number): number {
  let level = 0;
  while (level < nLevels - 1 && span / 2 ** level > sidePx) level += 1;
  return level;
}

function within({ top, left, span }: MapWindow, nPos: number): MapWindow {
  const fitted = Math.min(nPos, Math.max(Math.min(LEAST_SPAN, nPos), span));
  const clamp = (first: number) => Math.min(nPos - fitted, Math.max(0, first));
  return { top: clamp(top), left: clamp(left), span: fitted };
}
