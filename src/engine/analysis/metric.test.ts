import { describe, expect, test } from 'vitest';
import { metricOf, whyNotMetric } from './metric.ts';

const CLEAN = Float32Array.from([1, 3, 2, 3]);
const EDITED = Float32Array.from([0, 1, 5, 1]);

describe('a metric reads one number off a row of logits', () => {
  test.each([
    [{ kind: 'logitDifference', tokens: [2, 1] } as const, 4],
    [{ kind: 'rank', token: 2 } as const, 0],
    [{ kind: 'rank', token: 3 } as const, 2], // equal to token 1, which comes first
    [{ kind: 'probability', token: 0 } as const, 1 / (1 + 2 * Math.E + Math.exp(5))],
  ])('%o', (metric, expected) => {
    expect(metricOf(metric, EDITED, CLEAN)).toBeCloseTo(expected, 14);
  });
});

test('KL is 0 between equal rows, and the sum of its definition between others', () => {
  expect(metricOf({ kind: 'kl' }, CLEAN, CLEAN)).toBe(0);
  const softmax = (row: Float32Array) => {
    const powers = Array.from(row, Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  };
  const [p, q] = [softmax(CLEAN), softmax(EDITED)];
  const expected = p.reduce((sum, share, i) => sum + share * Math.log(share / (q[i] ?? 0)), 0);
  expect(metricOf({ kind: 'kl' }, EDITED, CLEAN)).toBeCloseTo(expected, 14);
});

test('logits that would overflow exp are no trouble', () => {
  const large = Float32Array.from([1000, 999]);
  expect(metricOf({ kind: 'probability', token: 0 }, large, large)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12); // f64 near 1000 keeps 1e-13
});

test('a token outside the vocabulary is refused by its number', () => {
  expect(whyNotMetric({ kind: 'logitDifference', tokens: [2, 1024] }, 1024)).toBe(
    'token 1024 is not in the vocabulary of 1024 tokens',
  );
  expect(whyNotMetric({ kind: 'kl' }, 4)).toBeNull();
});
