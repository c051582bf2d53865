import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GREEDY, type Sampling, sampler, whyNotSampling } from './sampling.ts';

const LOGITS = Float32Array.from([Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05)]);
const seeded = (change: Partial<Extract<Sampling, { kind: 'seeded' }>> = {}): Sampling => {
  return { kind: 'seeded', seed: 7, temperature: 1, topK: null, topP: null, ...change };
};

/** How often each token is drawn, of n. */
function shares(sampling: Sampling, n = 20_000): number[] {
  const choose = sampler(sampling);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const id = choose(LOGITS);
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts.map((count) => count / n);
}

describe('draws follow the distribution that the rule leaves', () => {
  // The share of n draws deviates by √(p(1 − p)/n) ≤ 0.0036; five of these for a seed that is fixed.
  test.each([
    ['temperature 1', seeded(), [0.5, 0.3, 0.15, 0.05]],
    ['temperature ½ squares the odds', seeded({ temperature: 0.5 }), [0.6849, 0.2466, 0.0616, 0.0068]],
    ['top-k 2', seeded({ topK: 2 }), [0.625, 0.375, 0, 0]],
    ['top-p 0.7 keeps the token that reaches it', seeded({ topP: 0.7 }), [0.625, 0.375, 0, 0]],
    ['top-p 1 keeps all', seeded({ topP: 1 }), [0.5, 0.3, 0.15, 0.05]],
    ['top-k before top-p', seeded({ topK: 3, topP: 0.6 }), [0.625, 0.375, 0, 0]],
  ])('%s', (_, sampling, expected) => {
    shares(sampling).forEach((share, id) => {
      expect(Math.abs(share - (expected[id] ?? 0))).toBeLessThan(0.018);
    });
  });
});

test('equal seeds draw equal continuations, other seeds others', () => {
  const continuation = (seed: number) => {
    const choose = sampler(seeded({ seed }));
    return Array.from({ length: 64 }, () => choose(LOGITS)).join('');
  };
  expect(continuation(1)).toBe(continuation(1));
  expect(continuation(1)).not.toBe(continuation(2));
});

test('greedy takes the largest, of equals the first; top-k 1 takes the same', () => {
  const logits = fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(logits, fc.nat(), (values, seed) => {
      const expected = values.indexOf(Math.max(...values)); // finds 0 where the largest is −0 too
      expect(sampler(GREEDY)(values)).toBe(expected);
      expect(sampler(seeded({ seed, topK: 1 }))(values)).toBe(expected);
    }),
  );
});

test('what cannot be followed is refused by its field', () => {
  expect(whyNotSampling(seeded({ temperature: 0 }))).toContain('temperature=0');
  expect(whyNotSampling(seeded({ topK: 0 }))).toContain('top-k=0');
  expect(whyNotSampling(seeded({ topP: 1.5 }))).toContain('top-p=1.5');
  expect(() => sampler(seeded({ seed: -1 }))).toThrow('seed=-1');
  expect(() => sampler(GREEDY)([1, Number.NaN])).toThrow('token 1');
});
