// Seeded noise of mean 0 and variance 1: the sum of twelve uniform numbers less six (Irwin–Hall), nearly normal and bounded by ±6.
// Only additions of multiples of 2⁻³², so that every machine makes the same bits; log and cos of Box–Muller would not.
import { randomStream } from '../tensor/random.ts';
import { elementCount, type Shape } from '../tensor/shape.ts';

/** Fills a tensor with noise, row-major, each element rounded to f32. */
export function seededNoise(shape: Shape, seed: number): Float32Array<ArrayBuffer> {
  const uniform = randomStream(seed);
  return Float32Array.from({ length: elementCount(shape) }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  });
}
