import { expect, test } from 'vitest';
import { parseOrder } from '../experiment/runSpec.ts';
import { type SumOrder, sumOfProducts } from './sumInOrder.ts';

const f = Math.fround;
const a = Float64Array.of(1e8, 1, -1e8, 3, 5, 0.1, 7).map(f);
const ones = new Float64Array(7).fill(1);
const sum = (order: SumOrder) => sumOfProducts(a, ones, order, 'mulAdd');
const at = (k: number) => a[k] ?? Number.NaN;

test('canonical goes upwards: 1 is lost in 1e8', () => {
  expect(sum({ kind: 'canonical' })).toBe(f(f(8 + at(5)) + 7));
});

test('reversed goes downwards', () => {
  expect(sum({ kind: 'reversed' })).toBe(f(f(f(f(f(f(7 + at(5)) + 5) + 3) - 1e8) + 1) + 1e8));
});

test('pairwise is a binary tree, with the leftovers added from the right', () => {
  const four = f(f(at(0) + at(1)) + f(at(2) + at(3)));
  expect(sum({ kind: 'pairwise' })).toBe(f(four + f(f(at(4) + at(5)) + at(6))));
});

test('blocked(3) adds sums of 3, 3 and 1 terms in sequence', () => {
  const blocks = [f(f(at(0) + at(1)) + at(2)), f(f(at(3) + at(4)) + at(5)), at(6)] as const;
  expect(sum({ kind: 'blocked', blockLength: 3 })).toBe(f(f(blocks[0] + blocks[1]) + blocks[2]));
});

test('splitK(3) adds sums of ⌈7/3⌉ = 3 terms; more chunks than terms is one term each', () => {
  expect(sum({ kind: 'splitK', chunks: 3 })).toBe(sum({ kind: 'blocked', blockLength: 3 }));
  expect(sum({ kind: 'splitK', chunks: 99 })).toBe(sum({ kind: 'canonical' }));
});

test('a sum of no terms is 0 in every order', () => {
  const none = new Float64Array(0);
  for (const kind of ['canonical', 'reversed', 'pairwise'] as const) {
    expect(sumOfProducts(none, none, { kind }, 'fma')).toBe(0);
  }
  expect(sumOfProducts(none, none, { kind: 'splitK', chunks: 3 }, 'fma')).toBe(0);
});

test('an order parsed from a run specification is one of these', () => {
  const parsed = parseOrder('blocked(3)');
  if (!parsed || parsed.kind === 'compensated') throw new Error('blocked(3) was not read as a block order');
  const order: SumOrder = parsed.kind === 'blocked' || parsed.kind === 'splitK' ? parsed : { kind: parsed.kind };
  expect(sum(order)).toBe(sum({ kind: 'blocked', blockLength: 3 }));
});
