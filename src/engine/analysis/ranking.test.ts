import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RankBy, rankElements } from './ranking.ts';

const A = { shape: [2, 3], values: Float32Array.of(1, -5, 2, 0, 3, -1) };
const B = { shape: [2, 3], values: Float32Array.of(1, -5, 2.5, -4, 3, Number.NaN) };

test.each<[RankBy, number[][]]>([
  [
    'index',
    [
      [0, 0],
      [0, 1],
      [0, 2],
    ],
  ],
  [
    'a',
    [
      [0, 1],
      [1, 1],
      [0, 2],
    ],
  ],
  [
    'b',
    [
      [1, 2],
      [0, 1],
      [1, 0],
    ],
  ],
  [
    'difference',
    [
      [1, 2],
      [1, 0],
      [0, 2],
    ],
  ],
])('by %s the first three are %j', (by, indices) => {
  expect(rankElements(A, B, by, 3).elements.map(({ index }) => index)).toEqual(indices);
});

test('one run alone has no B and no ULP', () => {
  const { elements, n } = rankElements(A, null, 'a', 1);
  expect([n, elements[0]]).toEqual([6, { index: [0, 1], a: -5, b: null, ulp: null }]);
});

test('masked scores that agree are no difference', () => {
  const masked = { shape: [2], values: Float32Array.of(Number.NEGATIVE_INFINITY, 1) };
  const other = { shape: [2], values: Float32Array.of(Number.NEGATIVE_INFINITY, 2) };
  expect(rankElements(masked, other, 'difference', 2).elements.map(({ index }) => index)).toEqual([[1], [0]]);
});

test('the threshold picks what a whole stable sort would', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (xs, count) => {
        const values = Float32Array.from(xs);
        const sorted = xs.map((_, i) => i).sort((i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0) || i - j);
        const ranked = rankElements({ shape: [xs.length], values }, null, 'a', count).elements;
        expect(ranked.map(({ index }) => index[0])).toEqual(sorted.slice(0, count));
      },
    ),
  );
});

test('shapes that do not go together are refused with both', () => {
  expect(() => rankElements(A, { shape: [5], values: new Float32Array(5) }, 'a', 1)).toThrow('A is [2,3], B is [5]');
});
