// 1/x and √x are correctly rounded by definition (Math.fround); what is swept is that the GPU's Newton steps and remainders are too.
// Both work on the 24-bit significand alone, √ on the exponent's last bit besides: one exponent, or two, stand for all.
import { expect, test } from 'vitest';
import { quotient, squareRoot } from '../../src/engine/reference/portable.ts';
import { sweep } from './sweep.ts';

test('1/x of every significand', async () => {
  const reciprocal = {
    name: 'reciprocal',
    portable: (x: number) => quotient(1, x),
    truth: (x: number) => 1 / x,
  } as const;
  expect((await sweep(reciprocal, { from: 0, to: 1, sign: 1 }, -1)).ulp).toBeLessThanOrEqual(0.5);
});

test('√x of every significand, of even and odd exponents', async () => {
  const root = { name: 'squareRoot', portable: squareRoot, truth: Math.sqrt } as const;
  expect((await sweep(root, { from: 0, to: 2, sign: 1 }, 1)).ulp).toBeLessThanOrEqual(0.5);
});

test('1/√x of every significand, of even and odd exponents', async () => {
  const truth = (x: number) => 1 / Math.sqrt(x);
  const root = { name: 'inverseSquareRoot', portable: (x: number) => quotient(1, squareRoot(x)), truth } as const;
  expect((await sweep(root, { from: 0, to: 2, sign: 1 }, -1)).ulp).toBeLessThanOrEqual(1.5);
});
