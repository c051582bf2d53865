import { expect, test } from 'vitest';
import { headScores } from './headScores.ts';

/** One head that pays all its attention to `keyOf(query)`. */
function looking(nPos: number, keyOf: (query: number) => number) {
  const values = new Float32Array(nPos * nPos);
  for (let query = 0; query < nPos; query++) values[query * nPos + keyOf(query)] = 1;
  return { shape: [1, nPos, nPos], values };
}

const TOKENS = [0, 7, 8, 9, 7, 8, 9];

test.each([
  ['previousToken', (query: number) => Math.max(0, query - 1)],
  ['induction', (query: number) => (query >= 4 ? query - 2 : 0)],
  ['duplicateToken', (query: number) => (query >= 4 ? query - 3 : 0)],
  ['bosMass', () => 0],
  ['self', (query: number) => query],
] as const)('a perfect %s head scores exactly 1', (score, keyOf) => {
  expect(headScores(looking(TOKENS.length, keyOf), TOKENS)[score]).toEqual([1]);
});

test('entropy is 0 where each query sees one key, and ln n where it sees n keys alike', () => {
  expect(
    headScores(
      looking(7, () => 0),
      TOKENS,
    ).entropy,
  ).toEqual([0]);
  const even = { shape: [1, 2, 2], values: Float32Array.of(1, 0, 0.5, 0.5) };
  expect(headScores(even, [1, 2]).entropy[0]).toBeCloseTo(Math.LN2, 12);
});

test('a prompt in which no token comes again has no induction and no duplicate-token score', () => {
  const { induction, duplicateToken, previousToken } = headScores(
    looking(4, (query) => query),
    [1, 2, 3, 4],
  );
  expect([induction[0], duplicateToken[0], previousToken[0]]).toEqual([Number.NaN, Number.NaN, 0]);
});
