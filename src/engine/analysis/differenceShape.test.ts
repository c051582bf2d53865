import { expect, test } from 'vitest';
import { differenceShape } from './differenceShape.ts';

const EXACT = { atol: 0, rtol: 0 };
const tensor = (...values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });

test('elements are counted by decade of value and of error; what has no decade is counted beside', () => {
  const a = tensor(1, 1, 0, Number.NaN, 5, 0.02);
  const b = tensor(1, 1.5, 1, 1, 5.0005, 0.02);
  const found = differenceShape(a, b, EXACT);
  expect(found?.field).toMatchObject({
    decadesX: [-2, 1],
    decadesY: [-4, 0],
    columns: 12,
    rows: 16,
    equal: 2,
    apart: 2,
  });
  const filled = found?.field.counts.flatMap((count, at) => (count > 0 ? [[Math.floor(at / 12), at % 12, count]] : []));
  expect(filled).toEqual([
    [2, 10, 1], // 5e-4 at 5: rows of a quarter of a decade from 1e-4, columns from 1e-2
    [14, 8, 1], // 0.5 at 1
  ]);
});

test('distances in ULP fall into 0, 1, 2, 3 to 4, 5 to 8; NaN against a number is a bin of its own', () => {
  const ulp = 2 ** -23;
  const steps = [0, 1, 2, 3, 4, 5, 8];
  const a = tensor(...steps.map(() => 1), Number.NaN, Number.NaN);
  const b = tensor(...steps.map((n) => 1 + n * ulp), 1, Number.NaN);
  expect(differenceShape(a, b, EXACT)?.ulps).toEqual([
    { from: 0, to: 0, count: 2 }, // the NaN of the same bits is no distance away
    { from: 1, to: 1, count: 1 },
    { from: 2, to: 2, count: 1 },
    { from: 3, to: 4, count: 2 },
    { from: 5, to: 8, count: 2 },
    { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, count: 1 },
  ]);
});

test('the greatest differences are those of the elements that fail, each at its own place', () => {
  const [a, b] = [tensor(100, 1, 0.001, 4), tensor(101, 1.5, 0.002, 4)];
  const found = differenceShape(a, b, { atol: 0.9, rtol: 0 });
  expect([found?.greatestAbsolute, found?.greatestRelative]).toEqual([
    { value: 1, index: [0] },
    { value: 0.01, index: [0] }, // the others pass
  ]);
  expect(differenceShape(a, b, EXACT)?.greatestRelative?.index).toEqual([2]);
  expect(differenceShape(a, a, EXACT)).toMatchObject({ greatestAbsolute: null, greatestRelative: null });
});

test('equal tensors have no error to plot, and shapes that do not go together no shape of a difference', () => {
  expect(differenceShape(tensor(1, 2), tensor(1, 2), EXACT)?.field).toMatchObject({
    equal: 2,
    apart: 0,
    decadesY: [0, 1],
  });
  expect(differenceShape(tensor(1, 2), tensor(1, 2, 3), EXACT)).toBeNull();
});
