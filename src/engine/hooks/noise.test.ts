import { expect, test } from 'vitest';
import { seededNoise } from './noise.ts';

test('noise has mean 0 and variance 1, within six standard errors', () => {
  const noise = seededNoise([100_000], 7);
  const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
  const variance = noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length;
  expect(Math.abs(mean)).toBeLessThan(6 / Math.sqrt(noise.length));
  expect(Math.abs(variance - 1)).toBeLessThan(6 * Math.sqrt(2 / noise.length)); // a normal's variance errs by √(2/n)
});

test('a seed is a noise: the same bits for ever, other bits for another seed', () => {
  expect(Array.from(seededNoise([2, 2], 1))).toEqual([
    1.0860503911972046, -2.390216588973999, 0.984906792640686, -1.9695266485214233,
  ]);
  expect(seededNoise([64], 1)).not.toEqual(seededNoise([64], 2));
});
