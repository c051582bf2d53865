// The axes of the field of errors against magnitudes: decades, a quarter of one to a bin, between edges that are f32, so that the GPU
// and the CPU put every element into the same bin.
import type { ErrorField } from './comparison.ts';

const BINS_A_DECADE = 4;
const DECADES = 16; // of an axis at most: what is smaller stands in the lowest bin

export type Decades = ErrorField['decadesX'];

/** As wide as an axis can be. */
export const WIDEST: Decades = [0, DECADES];

/** The least and the largest of magnitudes that are neither 0 nor infinite; 0 where there is none. */
export type Magnitudes = { readonly least: number; readonly most: number };

/** The powers of ten that hold the magnitudes, the upper 16 of them; one decade where there is none. */
export function decadesOf({ least, most }: Magnitudes): Decades {
  if (most === 0) return [0, 1];
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return [Math.max(from, to - DECADES), Math.max(to, from + 1)];
}

/** Bins of an axis. */
export function binsOf([from, to]: Decades): number {
  return BINS_A_DECADE * (to - from);
}

/** The edges between an axis' bins, ascending. */
export function innerEdges(decades: Decades): Float32Array<ArrayBuffer> {
  const first = BINS_A_DECADE * decades[0] + 1;
  return Float32Array.from({ length: binsOf(decades) - 1 }, (_, i) => 10 ** ((first + i) / BINS_A_DECADE));
}

/** How many of the edges lie at or below a magnitude. */
export function edgesBelow(magnitude: number, edges: Float32Array): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= magnitude) low = middle + 1;
    else high = middle;
  }
  return low;
}
