import fc from 'fast-check';
import { expect, test } from 'vitest';
import { f32OfBits } from './bits.ts';
import { ulpDistance, ulpDistanceOfBits, ulpOf } from './ulp.ts';

const f32 = fc.float({ noNaN: true });

test.each([
  [1, 1, 0],
  [1, 1 + 2 ** -23, 1],
  [1, 1 - 2 ** -24, 1],
  [0, -0, 0],
  [2 ** -149, -(2 ** -149), 2],
  [3.4028234663852886e38, Number.POSITIVE_INFINITY, 1],
  [1, 2, 2 ** 23],
  [1, Number.NaN, Number.POSITIVE_INFINITY],
  [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY],
])('%f and %f are %f ULP apart', (a, b, ulp) => {
  expect(ulpDistance(a, b)).toBe(ulp);
});

test('the distance is symmetric, and adds up along a line', () => {
  fc.assert(
    fc.property(f32, f32, f32, (x, y, z) => {
      const [a = 0, b = 0, c = 0] = [x, y, z].sort((p, q) => p - q);
      return ulpDistance(a, b) === ulpDistance(b, a) && ulpDistance(a, b) + ulpDistance(b, c) === ulpDistance(a, c);
    }),
  );
});

test('bits one apart with the same sign are numbers 1 ULP apart, ulpOf away from each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7f7ffffe }), (bits) => {
      const gap = f32OfBits(bits + 1) - f32OfBits(bits);
      return ulpDistanceOfBits(bits, bits + 1) === 1 && gap === ulpOf(f32OfBits(bits));
    }),
  );
});

test('ulpOf is that of the magnitude, and NaN where there is no next number', () => {
  expect([ulpOf(1), ulpOf(-1.5), ulpOf(0), ulpOf(2 ** -130)]).toEqual([2 ** -23, 2 ** -23, 2 ** -149, 2 ** -149]);
  expect([ulpOf(Number.POSITIVE_INFINITY), ulpOf(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
});
