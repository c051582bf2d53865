// The ranks of a comparison's ULP distances, exact: bins of 64 an octave first, then ever closer ones round the rank wanted.
import { EXACT_BINS, FINE_BINS, ULP_BINS } from '../kernels/compare.ts';

export type Window = { readonly low: number; readonly shift: number }; // distances from low, 2^shift to a bin

/** A rank that is found (`ulp`), or where to look closer for it. */
export type RankSearch =
  | { readonly kind: 'found'; readonly ulp: number }
  | { readonly kind: 'closer'; readonly window: Window; readonly rank: number };

/** The rank, from 1, of a share of n elements in ascending order. */
export function rankOf(share: number, n: number): number {
  return Math.min(n, Math.max(1, Math.ceil(share * n)));
}

/** Reads the bin of the first histogram that holds a rank; `before`: elements in the bins before it. */
export function fromFirstBin(bin: number, before: number, rank: number): RankSearch {
  if (bin >= ULP_BINS) return { kind: 'found', ulp: Number.POSITIVE_INFINITY };
  if (bin < EXACT_BINS) return { kind: 'found', ulp: bin };
  const octave = Math.log2(EXACT_BINS) + Math.floor((bin - EXACT_BINS) / 64);
  const width = 2 ** (octave - 6);
  const low = 2 ** octave + ((bin - EXACT_BINS) % 64) * width;
  return closer(low, octave - 6, rank - before);
}

/** Reads the bin of a closer histogram of `window`. */
export function fromCloserBin(bin: number, before: number, rank: number, window: Window): RankSearch {
  const low = window.low + bin * 2 ** window.shift;
  return closer(low, window.shift, rank - before);
}

/** Looks closer at the 2^bits distances from `low`. */
function closer(low: number, bits: number, rank: number): RankSearch {
  if (bits === 0) return { kind: 'found', ulp: low };
  return { kind: 'closer', window: { low, shift: Math.max(0, bits - Math.log2(FINE_BINS)) }, rank };
}
