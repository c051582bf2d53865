// Seeded random numbers that are the same on every machine: mulberry32 (Tommy Ettinger, 2017, public domain), integers alone.
// For sampling and test data; no cryptography.

/** Starts a stream of uniform numbers in [0, 1), each a multiple of 2⁻³²; equal seeds give equal streams. */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
