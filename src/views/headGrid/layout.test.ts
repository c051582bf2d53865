import { expect, test } from 'vitest';
import { arrange, cellSide, headName, keyValueHeadOf, moveInRows } from './layout.ts';

const GRID = { nLayers: 2, nHeads: 3 };

test('ranked, the best head comes first, heads without a score last, those that do not match not at all', () => {
  const scores = [0.1, 0.9, Number.NaN, 0.5, 0.2, 0.3];
  const rows = arrange(GRID, {
    scoreOf: ({ layer, head }) => scores[layer * 3 + head] ?? 0,
    matches: (at) => headName(at) !== 'L1H2',
  });
  expect(rows.map((row) => row.map(headName))).toEqual([
    ['L0H1', 'L1H0', 'L1H1'],
    ['L0H0', 'L0H2'],
  ]);
});

test.each([
  ['ArrowRight', { layer: 0, head: 2 }, 'L0H2'],
  ['ArrowDown', { layer: 0, head: 2 }, 'L1H2'],
  ['ArrowUp', { layer: 0, head: 1 }, 'L0H1'],
  ['End', { layer: 1, head: 0 }, 'L1H2'],
])('%s from %j goes to %s', (key, from, to) => {
  const moved = moveInRows(key, from, arrange(GRID, null));
  expect(moved && headName(moved)).toBe(to);
});

test('a letter moves nowhere', () => {
  expect(moveInRows('q', { layer: 0, head: 0 }, arrange(GRID, null))).toBeNull();
});

test('query heads 4 to 7 of 8 read the second of two kv heads', () => {
  expect([0, 3, 4, 7].map((head) => keyValueHeadOf(head, 8, 2))).toEqual([0, 0, 1, 1]);
});

test('cells are never smaller than 24 pixels: 24 × 16 heads scroll', () => {
  expect(cellSide({ width: 200, height: 100 }, 24, 16)).toBe(24);
});
