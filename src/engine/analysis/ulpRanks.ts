// The ranks of a comparison's ULP distances, exact: bins of 64 an octave first, then ever closer ones round the rank wanted.
import { FINE_BINS } from '../kernels/compare.ts';

export type Window = { readonly low: number; readonly shift: number }; // distances from low, 2^shift to a bin

/** A rank that is found (`ulp`), or where to look closer for it. */
export type RankSearch =
  | { readonly kind: 'found'; readonly ulp: number }
  | { readonly kind: 'closer'; readonly window: Window; readonly rank: number };

/** The rank, from 1, of a share of n elements in ascending order. */
export function rankOf(share: number, n: number): number {
  return Math.min(n, Math.max(1, Math.ceil(share * n)));
}

/** The first histogram's bins: distances below 2^exactOctave each, then 64 an octave. */
export type Bins = { readonly exactOctave: number; readonly count: number };

/** A bin, and how many elements lie in the bins before it. */
export type FoundBin = { readonly bin: number; readonly before: number };

/** Reads the bin of the first histogram that holds a rank. */
export function fromFirstBin({ bin, before }: FoundBin, rank: number, { exactOctave, count }: Bins): RankSearch {
  if (bin >= count) return { kind: 'found', ulp: Number.POSITIVE_INFINITY };
  const beyond = bin - 2 ** exactOctave;
  if (beyond < 0) return { kind: 'found', ulp: bin };
  const octave = exactOctave + Math.floor(beyond / 64);
  const width = 2 ** (octave - 6);
  const low = 2 ** octave + (beyond % 64) * width;
  return closer(low, octave - 6, rank - before);
}

/** Reads the bin of a closer histogram of `window`. */
export function fromCloserBin({ bin, before }: FoundBin, rank: number, window: Window): RankSearch {
  const low = window.low + bin * 2 ** window.shift;
  return closer(low, window.shift, rank - before);
}

/** Looks closer at the 2^bits distances from `low`. */
function closer(low: number, bits: number, rank: number): RankSearch {
  if (bits === 0) return { kind: 'found', ulp: low };
  return { kind: 'closer', window: { low, shift: Math.max(0, bits - Math.log2(FINE_BINS)) }, rank };
}
