// What each cell of a head's matrix shows: a value of A or B, or their difference, with the scale that colours it.
import type { PatternShow, PatternSide } from '../../engine/index.ts';
import type { Matrix } from '../data.ts';
import { type Pixel, TEXTURE_MASKED } from '../marks/colour.ts';
import { magnitudeScale, patternScale, scoreScale, signedScale, type ValueScale } from '../marks/valueScale.ts';

export type Cell = readonly [queryPos: number, keyPos: number];
export type HeadPair = { readonly a: Matrix | null; readonly b: Matrix | null; readonly nPos: number };

export type Cells = {
  readonly nPos: number;
  readonly valueAt: (queryPos: number, keyPos: number) => number; // NaN where masked
  readonly scale: ValueScale;
};

/** Chooses values and scale; keys after the query are masked. */
export function cellsOf(pair: HeadPair, show: PatternShow, side: PatternSide, atol: number): Cells {
  const { a, b, nPos } = pair;
  const readAt = (matrix: Matrix | null, i: number): number => matrix?.values[i] ?? Number.NaN;
  const difference = (i: number): number => {
    const [left, right] = [readAt(a, i), readAt(b, i)];
    return left === right ? 0 : right - left;
  };
  const pick: Record<PatternSide, (i: number) => number> = {
    a: (i) => readAt(a, i),
    b: (i) => readAt(b, i),
    delta: difference,
    absDelta: (i) => Math.abs(difference(i)),
  };
  const valueAt = (queryPos: number, keyPos: number): number =>
    keyPos > queryPos ? Number.NaN : pick[side](queryPos * nPos + keyPos);
  return { nPos, valueAt, scale: scaleOf(show, side, atol, seen(nPos, valueAt)) };
}

function seen(nPos: number, valueAt: Cells['valueAt']): number[] {
  const values: number[] = [];
  for (let q = 0; q < nPos; q++) {
    for (let k = 0; k <= q; k++) if (Number.isFinite(valueAt(q, k))) values.push(valueAt(q, k));
  }
  return values;
}

function scaleOf(show: PatternShow, side: PatternSide, atol: number, values: readonly number[]): ValueScale {
  let [low, high, smallest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (value !== 0) smallest = Math.min(smallest, Math.abs(value));
  }
  if (side === 'delta') return signedScale(Math.max(Math.abs(low), Math.abs(high), 0));
  if (side === 'absDelta') return magnitudeScale(Number.isFinite(smallest) ? smallest : 0, Math.max(high, 0), atol);
  return show === 'pattern' ? patternScale() : scoreScale(low, high);
}

/** The colour of a cell, or the texture of a masked one. */
export function pixelAt(cells: Cells, queryPos: number, keyPos: number): Pixel {
  const value = cells.valueAt(queryPos, keyPos);
  return keyPos > queryPos || value === Number.NEGATIVE_INFINITY ? TEXTURE_MASKED : cells.scale.pixel(value);
}

/** The cells of largest magnitude, largest first: [query, key]. */
export function strongest(cells: Cells, count: number): (readonly [number, number])[] {
  const all: (readonly [number, number])[] = [];
  for (let q = 0; q < cells.nPos; q++) {
    for (let k = 0; k <= q; k++) if (Number.isFinite(cells.valueAt(q, k))) all.push([q, k]);
  }
  const magnitude = ([q, k]: readonly [number, number]) => Math.abs(cells.valueAt(q, k));
  return all.sort((x, y) => magnitude(y) - magnitude(x)).slice(0, count);
}
