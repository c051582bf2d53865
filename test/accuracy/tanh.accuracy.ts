import { expect, test } from 'vitest';
import { tanh } from '../../src/engine/reference/portableFunctions.ts';
import { holdsAt, sweep } from './sweep.ts';

const TANH = { name: 'tanh', portable: tanh, truth: Math.tanh } as const;

test('tanh over every f32 from 2^-13 to 16', async () => {
  expect((await sweep(TANH, { from: -13, to: 4, sign: 1 }, 1)).ulp).toBeLessThanOrEqual(4);
});

test('nearer to 0 tanh x is x, which is x²/3 off: less than 2^-4 of a unit; from 16 on it is 1; it is odd', () => {
  holdsAt({ from: -127, to: -13, sign: 1 }, (x) => tanh(x) === x);
  holdsAt({ from: 4, to: 128, sign: 1 }, (x) => tanh(x) === 1);
  holdsAt({ from: -126, to: 128, sign: -1 }, (x) => tanh(x) === -tanh(-x)); // only signs of sums and products change with x's
});
