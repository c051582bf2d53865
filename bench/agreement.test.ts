import { expect, test } from 'vitest';
import { agreementBound, requireAgreement } from './agreement.ts';

const reference = { name: 'fused', logits: Float32Array.of(1, -4, 2) };
const other = (...logits: number[]) => ({ name: 'ort', logits: Float32Array.from(logits) });

test('with no terms between them two engines must be equal', () => {
  expect(requireAgreement(reference, other(1, -4, 2), 0)).toEqual({ worst: 0, allowed: 0 });
  expect(() => requireAgreement(reference, other(1, -4.000001, 2), 0)).toThrow(
    /ort does not compute what fused computes: logit 1/,
  );
});

test('rounding apart is allowed, relative to the largest logit', () => {
  const nTerms = 10_000;
  const step = 4 * agreementBound(nTerms);
  expect(requireAgreement(reference, other(1, -4 + step / 2, 2), nTerms).worst).toBeGreaterThan(0);
  expect(() => requireAgreement(reference, other(1, -4 + step * 2, 2), nTerms)).toThrow(/logit 1/);
});

test('a NaN agrees with nothing, wherever it stands', () => {
  expect(() => requireAgreement(reference, other(1, Number.NaN, 2), 1e9)).toThrow(/logit 1 is NaN/);
  expect(() => requireAgreement(reference, other(Number.NaN, -4, 2), 1e9)).toThrow(/logit 0 is NaN/);
});

test('another vocabulary is refused', () => {
  expect(() => requireAgreement(reference, other(1, -4), 1)).toThrow('ort gave 2 logits, expected 3');
});
