// What each cell of a head's matrix shows: a value of A or B, or their difference, with the scale that colours it. Levels come pooled
// (engine/analysis/pooledMatrix.ts): seen from afar, a cell shows the largest magnitude beneath it.
import type { PatternShow, PatternSide, PooledMatrix } from '../../engine/index.ts';
import type { HeadPair } from '../data.ts';
import { type Pixel, TEXTURE_MASKED } from '../marks/colour.ts';
import type { Texture } from '../marks/textures.ts';
import {
  type MapPaint,
  magnitudeScale,
  patternScale,
  scoreScale,
  signedScale,
  type ValueScale,
} from '../marks/valueScale.ts';

export type Cell = readonly [queryPos: number, keyPos: number];

/** What one map shows; two at once are maps of A and of B. */
export type MapSide = Exclude<PatternSide, 'beside' | 'swipe'>;

export type Cells = {
  readonly nPos: number;
  readonly side: MapSide;
  readonly levels: readonly Float32Array[]; // as pooledMatrix.ts has them; none while the values are still on the GPU
  readonly strongest: readonly Cell[]; // largest magnitude first
  readonly hasNaN: boolean;
  readonly scale: ValueScale;
};

/** The maps that are shown at once: one, or A and B. */
export function mapSides(side: PatternSide): readonly MapSide[] {
  return side === 'beside' || side === 'swipe' ? ['a', 'b'] : [side];
}

/** The side that can be shown of what was run: A and B each by itself, all else of both. */
export function possibleSide({ a, b }: HeadPair, wanted: PatternSide): PatternSide {
  if (a && b) return wanted;
  return a ? 'a' : 'b';
}

/** Chooses values and scale; null where that side was not made. A and B of a head share their scale, so that they can be compared. */
export function cellsOf(pair: HeadPair, shown: Shown): Cells | null {
  const { side } = shown;
  const matrix = side === 'a' || side === 'b' ? pair[side] : pair.delta;
  if (!matrix) return null;
  const { levels, strongest, hasNaN } = matrix;
  return { nPos: pair.nPos, side, levels, strongest, hasNaN, scale: scaleOf(pair, matrix, shown) };
}

/** What is wanted of a head, and how it is painted. */
export type Shown = {
  readonly show: PatternShow;
  readonly side: MapSide;
  readonly atol: number;
  readonly paint: MapPaint;
};

function scaleOf(pair: HeadPair, matrix: PooledMatrix, { show, side, atol, paint }: Shown): ValueScale {
  const { a, b } = pair;
  const most = Math.max(Math.abs(matrix.low), Math.abs(matrix.high));
  if (side === 'delta') return signedScale(most);
  if (side === 'absDelta') return magnitudeScale(matrix.smallest, most, atol);
  const low = Math.min(a?.low ?? matrix.low, b?.low ?? matrix.low);
  const high = Math.max(a?.high ?? matrix.high, b?.high ?? matrix.high);
  if (show === 'pattern') {
    const most = Math.max(a?.mostAfterFirst ?? 0, b?.mostAfterFirst ?? 0); // the first query has one key: 1 in every head
    return patternScale(paint, paint.isFit ? most : null);
  }
  return show === 'weighted'
    ? { ...scoreScale(0, high, paint), title: 'attention × |v|' }
    : scoreScale(low, high, paint);
}

/** The textures that cells may have beside the scale's colours; NaN only where there is one. */
export function texturesOf({ side, hasNaN, scale }: Cells): readonly Texture[] {
  const isDifference = side === 'delta' || side === 'absDelta';
  const zero: readonly Texture[] = isDifference ? ['zero'] : scale.title === 'attention' ? ['floor'] : [];
  return ['masked', ...zero, ...(hasNaN ? (['nan'] as const) : [])];
}

/** The value of one cell of the matrix; NaN where it is masked. */
export function valueAt(cells: Cells, [queryPos, keyPos]: Cell): number {
  const value = cells.levels[0]?.[queryPos * cells.nPos + keyPos] ?? Number.NaN;
  if (keyPos > queryPos || value === Number.NEGATIVE_INFINITY) return Number.NaN;
  return cells.side === 'absDelta' ? Math.abs(value) : value;
}

/** Cells a side of a level. */
export function extentOf(cells: Cells, level: number): number {
  return Math.ceil(cells.nPos / 2 ** level);
}

/** The colour of a cell of a level, or the texture of one that is masked. */
export function pixelAt(cells: Cells, level: number, row: number, column: number): Pixel {
  const value = cells.levels[level]?.[row * extentOf(cells, level) + column] ?? Number.NEGATIVE_INFINITY;
  if (value === Number.NEGATIVE_INFINITY) return TEXTURE_MASKED;
  return cells.scale.pixel(cells.side === 'absDelta' ? Math.abs(value) : value);
}
