import { expect, test } from 'vitest';
import { chooseExperts, expertWeights, moe } from './moe.ts';

test('experts are weighed by a softmax over all, and the two largest share by theirs, made to sum to 1', () => {
  const weights = expertWeights(Float64Array.of(Math.log(1), Math.log(6), Math.log(2), Math.log(1)), 4);
  expect(weights[1]).toBeCloseTo(0.6, 15);
  const { indices, shares } = chooseExperts(weights, { count: 4, perToken: 2 });
  expect([...indices]).toEqual([1, 2]);
  expect(shares[0]).toBeCloseTo(0.75, 15);
  expect(shares[1]).toBeCloseTo(0.25, 15);
});

test('of equal experts the lower index is taken', () => {
  const { indices, shares } = chooseExperts(Float64Array.of(0.5, 0.5, 0), { count: 3, perToken: 1 });
  expect([indices[0], shares[0]]).toEqual([0, 1]);
});

test('a position gets the weighted sum of its own experts, one twice where it is chosen twice, none of an index that is none', () => {
  const chosen = { indices: Float64Array.of(2, 1, 3, 3, 0, 1.5), shares: Float64Array.of(0.5, 0.5, 1, 0.5, 1, 1) };
  const times = (expert: number, row: Float64Array) => row.map((value) => value * expert);
  const out = moe(chosen, { count: 4, perToken: 2 }, Float64Array.of(1, 2, 3, 4, 5, 6), times);
  expect(out).toEqual(Float64Array.of(1.5, 3, 13.5, 18, 0, 0));
});
