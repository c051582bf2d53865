import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matrixDifference, pooledMatrix, rangeOf } from './pooledMatrix.ts';

const MASKED = Number.NEGATIVE_INFINITY;

/** Matrices of 1 to 70 positions: three levels at most. */
const matrices = fc.integer({ min: 1, max: 70 }).chain((nPos) =>
  fc.record({
    nPos: fc.constant(nPos),
    values: fc.float32Array({ minLength: nPos * nPos, maxLength: nPos * nPos }),
  }),
);

/** What a cell of a level must show, from the matrix itself. */
function strongestOf(cells: readonly number[]): number {
  const seen = cells.filter((value) => value !== MASKED);
  if (seen.some(Number.isNaN)) return Number.NaN;
  if (seen.length === 0) return MASKED;
  return Math.max(...seen.map(Math.abs));
}

test('each cell of each level shows the strongest of the cells beneath it, and NaN wherever there is one', () => {
  fc.assert(
    fc.property(matrices, ({ nPos, values }) => {
      const matrix = Float32Array.from(values);
      const { levels } = pooledMatrix(matrix, nPos);
      levels.forEach((level, at) => {
        const extent = Math.ceil(nPos / 2 ** at);
        expect(level).toHaveLength(extent * extent);
        level.forEach((shown, i) => {
          const [q, k] = [Math.floor(i / extent) << at, (i % extent) << at];
          const beneath: number[] = [];
          for (let query = q; query < Math.min(nPos, q + 2 ** at); query++) {
            for (let key = k; key < Math.min(nPos, k + 2 ** at); key++) {
              beneath.push(key > query ? MASKED : (values[query * nPos + key] ?? 0));
            }
          }
          const expected = strongestOf(beneath);
          expect(expected === MASKED ? shown : Math.abs(shown)).toBe(expected);
        });
      });
    }),
    { numRuns: 60 },
  );
});

test('range and strongest cells are those of the cells that are not masked', () => {
  const matrix = Float32Array.from([0.5, 9, 9, -2, 1, 9, 0, 0.25, 1]);
  const { low, high, smallest, mostAfterFirst, hasNaN, strongest } = pooledMatrix(matrix, 3);
  expect({ low, high, smallest, mostAfterFirst, hasNaN }).toEqual({
    low: -2,
    high: 1,
    smallest: 0.25,
    mostAfterFirst: 2,
    hasNaN: false,
  });
  expect(strongest).toEqual([
    [1, 0],
    [1, 1],
    [2, 2],
    [0, 0],
    [2, 1],
    [2, 0],
  ]);
});

test('the first row has no part in the largest after it, and NaN is told of wherever it is not masked', () => {
  const nan = Number.NaN;
  expect(rangeOf(Float32Array.of(1, nan, -0.25, 0.125), 2)).toMatchObject({ mostAfterFirst: 0.25, hasNaN: false });
  expect(rangeOf(Float32Array.of(1, 0, nan, MASKED), 2)).toMatchObject({ mostAfterFirst: 0, hasNaN: true });
});

test('of many cells the 64 strongest are kept, in order', () => {
  const nPos = 40;
  const matrix = Float32Array.from({ length: nPos * nPos }, (_, i) => ((i * 7919) % 1601) - 800);
  const { strongest } = pooledMatrix(Float32Array.from(matrix), nPos);
  const all = Array.from(matrix, (value, i) => ({ magnitude: Math.abs(value), q: Math.floor(i / nPos), k: i % nPos }))
    .filter(({ q, k }) => k <= q)
    .map(({ magnitude }) => magnitude)
    .sort((x, y) => y - x);
  expect(strongest.map(([q, k]) => Math.abs(matrix[q * nPos + k] ?? 0))).toEqual(all.slice(0, 64));
});

test('a difference is exactly 0 where both are the same, masked where both are masked, NaN where one is NaN', () => {
  const a = Float32Array.of(1, MASKED, Number.POSITIVE_INFINITY, Number.NaN, 0.5);
  const b = Float32Array.of(1, MASKED, Number.POSITIVE_INFINITY, 2, 0.25);
  expect([...matrixDifference(a, b)]).toEqual([0, MASKED, 0, Number.NaN, -0.25]);
});
