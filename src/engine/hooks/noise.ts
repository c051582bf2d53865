// Seeded noise of mean 0 and variance 1: the sum of twelve uniform numbers less six (Irwin–Hall), nearly normal and bounded by ±6.
// Only additions of multiples of 2⁻³², so that every machine makes the same bits; log and cos of Box–Muller would not.
import type { Shape } from '../tensor/shape.ts';
import { elementCount } from '../tensor/shape.ts';

/** Fills a tensor with noise, row-major, each element rounded to f32. */
export function seededNoise(shape: Shape, seed: number): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  return Float32Array.from({ length: elementCount(shape) }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      state = (state + 0x6d2b79f5) >>> 0;
      sum += mixed(state) / 2 ** 32;
    }
    return sum;
  });
}

/** The output function of mulberry32 (Tommy Ettinger, 2017, public domain). */
function mixed(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
