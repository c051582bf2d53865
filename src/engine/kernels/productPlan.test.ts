// Which family and tile the plan chooses; that all give the same bits is matmulBits.test.ts.
import { expect, test } from 'vitest';
import { chooseProductPlan } from './productPlan.ts';

const software = { isSoftware: true, features: ['subgroups'] };
const large = { columns: 1376, k: 512 };

test('one row is a register tile of one row, everywhere', () => {
  for (const adapter of [
    software,
    { isSoftware: true, features: [] },
    { isSoftware: false, features: ['subgroups'] },
  ]) {
    expect(chooseProductPlan(adapter, { rows: 1, ...large })).toMatchObject({ family: 'register', rows: 1 });
  }
});

test.each([
  [16, 'quad', 16],
  [17, 'quadPairs', 32], // one tile of 32 takes less time than two of 16, or three of 8
  [40, 'quad', 16], // three tiles of 16 against two of 32; too small to earn back a tile of 64
  [128, 'quadPairs', 64],
])('a large product of %i rows on a software adapter gets %s of %i', (rows, family, tile) => {
  expect(chooseProductPlan(software, { rows, ...large })).toEqual({ family, rows: tile, workgroupPanels: 4 });
});

test('an odd number of chunks of k is not walked in pairs', () => {
  expect(chooseProductPlan(software, { rows: 128, columns: 1376, k: 508 })).toMatchObject({ family: 'quad', rows: 32 });
});

test('a small product gets the tile that compiles quickly', () => {
  expect(chooseProductPlan(software, { rows: 32, columns: 384, k: 128 })).toMatchObject({ family: 'quad', rows: 8 });
});

test('without subgroups there are no quads', () => {
  const adapter = { isSoftware: true, features: [] };
  expect(chooseProductPlan(adapter, { rows: 128, ...large })).toMatchObject({ family: 'register', rows: 8 });
});

test('a GPU stages many rows through workgroup memory, and few not', () => {
  const adapter = { isSoftware: false, features: ['subgroups'] };
  expect(chooseProductPlan(adapter, { rows: 128, ...large })).toEqual({ family: 'shared' });
  expect(chooseProductPlan(adapter, { rows: 8, ...large })).toMatchObject({ family: 'register', rows: 8 });
});
