import { expect, test } from 'vitest';
import { moe, routes } from './moe.ts';

test('the two largest experts share by their softmax, renormalised', () => {
  const [row] = routes(Float64Array.of(Math.log(1), Math.log(6), Math.log(2), Math.log(1)), 4, 2);
  expect(row?.map(({ expert }) => expert)).toEqual([1, 2]);
  expect(row?.[0]?.weight).toBeCloseTo(0.75, 15);
  expect(row?.[1]?.weight).toBeCloseTo(0.25, 15);
});

test('of equal experts the lower index is taken', () => {
  expect(routes(Float64Array.of(1, 1, 1), 3, 1)).toEqual([[{ expert: 0, weight: 1 }]]);
});

test('a position gets the weighted sum of its own experts', () => {
  const routed = [
    [
      { expert: 1, weight: 0.5 },
      { expert: 2, weight: 0.5 },
    ],
    [{ expert: 3, weight: 1 }],
  ];
  const out = moe(routed, Float64Array.of(1, 2, 3, 4), (expert, row) => row.map((value) => value * expert));
  expect(out).toEqual(Float64Array.of(1.5, 3, 9, 12));
});
