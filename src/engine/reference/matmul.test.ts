import fc from 'fast-check';
import { expect, test } from 'vitest';
import { denseRows, matmul, matmulInOrder } from './matmul.ts';

const W = { rows: 2, columns: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
const b = { rows: 1, columns: 3, values: Float64Array.of(10, 20, 30) };

test('multiplies rows by columns and adds the bias', () => {
  expect(matmul(denseRows(Float64Array.of(1, 2, 3, 4), 2), W, b)).toEqual(Float64Array.of(19, 32, 45, 29, 46, 63));
});

test("reads one head's rows in place", () => {
  const values = Float64Array.of(9, 9, 1, 2, 9, 9, 3, 4); // [2 positions, 2 heads, 2]: head 1
  expect(matmul({ values, rows: 2, offset: 2, rowStride: 4 }, W)).toEqual(Float64Array.of(9, 12, 15, 19, 26, 33));
});

test('rows that do not lie in the values are an error', () => {
  expect(() => matmul({ values: new Float64Array(5), rows: 2, offset: 2, rowStride: 2 }, W)).toThrow(
    '2 rows of 2 at offset 2',
  );
});

test('no rows give no outputs', () => {
  expect(matmul(denseRows(new Float64Array(0), 2), W)).toHaveLength(0);
});

test('every order is the same sum where nothing is rounded, and the bias comes last', () => {
  const integers = fc.integer({ min: -50, max: 50 });
  const orders = [
    { kind: 'canonical' },
    { kind: 'reversed' },
    { kind: 'pairwise' },
    { kind: 'blocked', blockLength: 3 },
    { kind: 'splitK', chunks: 4 },
  ] as const;
  fc.assert(
    fc.property(fc.array(fc.tuple(integers, integers), { minLength: 1, maxLength: 40 }), (terms) => {
      const x = denseRows(
        Float64Array.from(terms, ([a]) => a),
        terms.length,
      );
      const column = { rows: terms.length, columns: 1, values: Float64Array.from(terms, ([, w]) => w) };
      const bias = { rows: 1, columns: 1, values: Float64Array.of(7) };
      const exact = Array.from(matmul(x, column, bias));
      for (const order of orders) {
        for (const rounding of ['fma', 'mulAdd'] as const) {
          expect(Array.from(matmulInOrder({ x, W: column, b: bias, order, rounding }))).toEqual(exact);
        }
      }
    }),
  );
});
