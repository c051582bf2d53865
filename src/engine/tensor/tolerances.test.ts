import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationOf } from '../reference/activation.ts';
import { activate, tanh } from '../reference/portableFunctions.ts';
import {
  geluBound,
  geluTanhBound,
  layerNormBound,
  logitsBound,
  productBound,
  rmsNormBound,
  rotaryBound,
  SMALLEST_PRODUCT,
  siluBound,
  softmaxBound,
  TANH_RELATIVE,
} from './tolerances.ts';

const fround = Math.fround;
const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 300 });

test('a sum of products in f32, forwards and backwards, stays within its bound', () => {
  fc.assert(
    fc.property(values, fc.integer(), (x, seed) => {
      const w = x.map((_, i) => fround(Math.sin(seed + i * 1.7) * 3));
      const exact = x.reduce((sum, value, i) => sum + value * (w[i] ?? 0), 0);
      const sumAbs = x.reduce((sum, value, i) => sum + Math.abs(value * (w[i] ?? 0)), 0);
      const rounded = (order: readonly number[]) =>
        order.reduce((sum, i) => fround(sum + fround((x[i] ?? 0) * (w[i] ?? 0))), 0);
      const forwards = x.map((_, i) => i);
      const bound = productBound(x.length, sumAbs) + 1e-12 * sumAbs; // f64's own rounding
      return [forwards, forwards.toReversed()].every((order) => Math.abs(rounded(order) - exact) <= bound);
    }),
  );
});

test('a product bound is no more than n·2^-24·Σ|x·w| and a trifle', () => {
  expect(productBound(768, 10)).toBeLessThan(768 * 2 ** -24 * 10 * 1.0001);
});

test('norms in f32 stay within their bounds', () => {
  fc.assert(
    fc.property(values, (x) => {
      const d = x.length;
      const sumF32 = (terms: readonly number[]) => terms.reduce((sum, term) => fround(sum + term), 0);
      const mean = x.reduce((sum, value) => sum + value, 0) / d;
      const meanF32 = fround(sumF32(x) / d);
      const centred = x.map((value) => value - mean);
      const centredF32 = x.map((value) => fround(value - meanF32));
      const scale = Math.sqrt(centred.reduce((sum, c) => sum + c * c, 0) / d + 1e-5);
      const scaleF32 = fround(
        Math.sqrt(fround(fround(sumF32(centredF32.map((c) => fround(c * c))) / d) + fround(1e-5))),
      );
      const meanAbs = x.reduce((sum, value) => sum + Math.abs(value), 0) / d;
      const maxAbs = Math.max(...x.map(Math.abs));
      return x.every((_, i) => {
        const exact = (centred[i] ?? 0) / scale;
        const got = fround((centredF32[i] ?? 0) / scaleF32);
        return Math.abs(got - exact) <= layerNormBound(d, meanAbs, maxAbs, scale, Math.abs(exact));
      });
    }),
  );
  expect(rmsNormBound(64, 1)).toBeLessThan(1e-5);
});

test('a softmax in f32 stays within its bound', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 60 }), (scores) => {
      const max = Math.max(...scores);
      const range = max - Math.min(...scores);
      const exact = scores.map((s) => Math.exp(s - max));
      const exactSum = exact.reduce((sum, e) => sum + e, 0);
      const rounded = scores.map((s) => fround(Math.exp(fround(s - max))));
      const roundedSum = rounded.reduce((sum, e) => fround(sum + e), 0);
      return scores.every((_, i) => {
        const p = (exact[i] ?? 0) / exactSum;
        return Math.abs(fround((rounded[i] ?? 0) / roundedSum) - p) <= softmaxBound(scores.length, p, range, 0);
      });
    }),
  );
});

test('bounds grow with what they pay for', () => {
  expect(softmaxBound(10, 0.5, 5, 1e-3)).toBeGreaterThan(softmaxBound(10, 0.5, 5, 0));
  expect(siluBound(-20)).toBeGreaterThan(siluBound(-1));
  expect(rotaryBound(2)).toBeGreaterThan(rotaryBound(1));
});

test('logits may err by twice what the other implementation does, and never by less than 16 ULP of the largest', () => {
  expect(logitsBound(1e-3, 10)).toBe(2e-3);
  expect(logitsBound(0, 10)).toBe(16 * 2 ** -20);
});

test('gelu, its approximation and tanh in portable f32 stay within their bounds', () => {
  fc.assert(
    fc.property(fc.float({ min: -12, max: 12, noNaN: true }), (x) => {
      const gelu = Math.abs(activate('gelu', x) - activationOf('gelu', x)) <= geluBound(x);
      const approximate = Math.abs(activate('gelu_tanh', x) - activationOf('gelu_tanh', x)) <= geluTanhBound(x);
      const cap = Math.abs(tanh(x) - Math.tanh(x)) <= TANH_RELATIVE * Math.abs(Math.tanh(x)) + SMALLEST_PRODUCT;
      return gelu && approximate && cap;
    }),
    { numRuns: 5000 },
  );
});
