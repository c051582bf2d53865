import { expect, test } from 'vitest';
import { amplificationCsv } from './amplificationCsv.ts';
import { factorScale, factorTicks, partsOf, pointsOf } from './curve.ts';

const block = (layer: number, entering: number, afterAttention: number | null, carried: number) => ({
  layer,
  entering,
  afterAttention,
  carried,
  added: 0,
  leaving: carried,
});

test('a block that nothing entered has no point, and one that loses all of it neither', () => {
  const blocks = [block(0, 0, 0, 0), block(1, 2, 6, 3), block(2, 2, 4, 0)];
  expect(pointsOf(blocks, 'block')).toEqual([{ at: 1, factor: 1.5 }]);
  expect(pointsOf(blocks, 'attention')).toEqual([
    { at: 1, factor: 3 },
    { at: 2, factor: 2 },
  ]);
});

test('where attention and MLP are parallel there is the whole block alone', () => {
  expect(partsOf([block(0, 1, null, 2)]).map(({ id }) => id)).toEqual(['block']);
  expect(partsOf([block(0, 1, 1, 2)]).map(({ id }) => id)).toEqual(['block', 'attention', 'mlp']);
  expect(partsOf([])).toEqual([]);
});

test.each([
  [[block(0, 1, 1, 1)], [0.5, 2]],
  [[block(0, 1, 3, 5)], [1, 8]],
  [[block(0, 1, 0.3, 5)], [0.25, 32]], // the MLP's factor is 16.7
  [[], [0.5, 2]],
] as const)('the axis holds every factor, and 1: %#', (blocks, domain) => {
  expect(factorScale(blocks, 100, 0).domain()).toEqual(domain);
});

test('ticks are powers of two, as many as there is room for, 1 among them', () => {
  expect(factorTicks([0.25, 16], 9)).toEqual([0.25, 0.5, 1, 2, 4, 8, 16]);
  expect(factorTicks([0.125, 1024], 4)).toEqual([1, 16, 256]);
  expect(factorTicks([0.5, 2], 1)).toEqual([1]);
});

test('as CSV, what has no factor is empty and nothing is rounded', () => {
  const blocks = [block(0, 0, 0, 0), block(1, 3, 1, 0.1)];
  expect(amplificationCsv({ of: { kind: 'runs' }, blocks })).toBe(
    'block,entering_rms,times_attention,times_mlp,times_block,carried_rms,added_rms,leaving_rms\n' +
      '0,0,,,,0,0,0\n' +
      '1,3,0.3333333333333333,0.1,0.03333333333333333,0.1,0,0.1\n',
  );
});
