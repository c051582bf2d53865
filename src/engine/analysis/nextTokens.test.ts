import { expect, test } from 'vitest';
import { klByPosition, logSumExp, ranksOf } from './nextTokens.ts';

test('KL of a distribution to itself, or to its logits shifted by a constant, is 0', () => {
  const logits = Float32Array.of(1, 2, 3, -1, 0, 4);
  expect(klByPosition(logits, logits, 3)).toEqual([0, 0]);
  for (const kl of klByPosition(
    logits,
    logits.map((x) => x + 8),
    3,
  ))
    expect(kl).toBeCloseTo(0, 12);
});

test('KL of ½:½ to ¼:¾ is ½·ln 2 + ½·ln ⅔', () => {
  const a = Float32Array.of(0, 0);
  const b = Float32Array.of(0, Math.log(3));
  // ln 3 is rounded to f32: off by at most 2^-24, of which half reaches the sum
  expect(klByPosition(a, b, 2)[0]).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
});

test('logits of a thousand do not overflow', () => {
  expect(logSumExp(Float32Array.of(1000, 1000))).toBeCloseTo(1000 + Math.LN2, 9);
  expect(klByPosition(Float32Array.of(1000, -1000), Float32Array.of(1000, -1000), 2)).toEqual([0]);
});

test('ranks are from 0, the smaller id first where logits are equal', () => {
  expect(ranksOf(Float32Array.of(5, 9, 5, 1), [1, 0, 2, 3])).toEqual([0, 1, 2, 3]);
});
