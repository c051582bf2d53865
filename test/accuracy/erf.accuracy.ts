import { expect, test } from 'vitest';
import { erfc, erf as erfF64 } from '../../src/engine/reference/erf.ts';
import { erf } from '../../src/engine/reference/portableFunctions.ts';
import { holdsAt, sweep } from './sweep.ts';

/** 1 − erfc where erf is near 1: no truth is off by f64's own cancellation. */
const ERF = { name: 'erf', portable: erf, truth: (x: number) => (x > 0.5 ? 1 - erfc(x) : erfF64(x)) } as const;

test('erf over every f32 from 2^-14 to 4', async () => {
  expect((await sweep(ERF, { from: -14, to: 2, sign: 1 }, 1)).ulp).toBeLessThanOrEqual(4);
});

test('nearer to 0 erf x is one factor times x, so that one exponent stands for all; from 4 on it is 1; it is odd', () => {
  const scaled = (x: number) => 2 ** (Math.floor(Math.log2(x)) + 14);
  // Below 2^-89 the factor is the slope itself, and below 2^-100 a product is 0 by definition (docs/decisions/006).
  holdsAt({ from: -89, to: -14, sign: 1 }, (x) => erf(x) === erf(x / scaled(x)) * scaled(x));
  holdsAt({ from: -99, to: -89, sign: 1 }, (x) => Math.abs(erf(x) / x / 1.1283791670955126 - 1) < 2 ** -23);
  holdsAt({ from: -126, to: -101, sign: 1 }, (x) => erf(x) === 0);
  holdsAt({ from: 2, to: 128, sign: 1 }, (x) => erf(x) === 1);
  holdsAt({ from: -126, to: 128, sign: -1 }, (x) => erf(x) === -erf(-x) || (erf(x) === 0 && erf(-x) === 0));
});
