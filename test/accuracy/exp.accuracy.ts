import { expect, test } from 'vitest';
import { exp } from '../../src/engine/reference/portableFunctions.ts';
import { holdsAt, sweep } from './sweep.ts';

const EXP = { name: 'exp', portable: exp, truth: Math.exp } as const;

test.each([1, -1] as const)('exp over every f32 from 2^-26 to 128, of sign %i', async (sign) => {
  expect((await sweep(EXP, { from: -26, to: 7, sign }, 1)).ulp).toBeLessThanOrEqual(1.5);
});

test('nearer to 0 exp is 1, within half a unit; beyond 128 infinite, or 0', () => {
  for (const sign of [1, -1] as const) holdsAt({ from: -127, to: -26, sign }, (x) => exp(x) === 1); // 2^-127: below the normal range
  holdsAt({ from: 7, to: 128, sign: 1 }, (x) => exp(x) === Number.POSITIVE_INFINITY);
  holdsAt({ from: 7, to: 128, sign: -1 }, (x) => Object.is(exp(x), 0));
});
