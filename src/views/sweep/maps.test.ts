import { expect, test } from 'vitest';
import type { SweepCell } from '../../engine/index.ts';
import { cellName, columnWidth, largestEffect, mapsOf, strongest } from './maps.ts';
import { sweepOf } from './sites.ts';

const cell = (part: Partial<SweepCell>): SweepCell => ({
  site: 'hook_q_input',
  layer: 0,
  head: null,
  position: null,
  value: 0,
  ...part,
});
const CELLS = [
  cell({ layer: 1, head: 3, value: 2 }),
  cell({ layer: 1, head: 0, value: -4 }),
  cell({ site: 'hook_k_input', layer: 1, head: 1, value: 1.5 }),
  cell({ site: 'hook_resid_pre', layer: 0, position: 2, value: Number.NaN }),
  cell({ site: 'hook_mlp_out', layer: 1, value: 1 }),
];
const SHAPE = { nLayers: 2, nHeads: 4, nPos: 5 };

test('each site is a map of its own: heads, kv heads, positions, or layers alone', () => {
  const maps = mapsOf(['hook_mlp_out', 'hook_resid_pre', 'hook_k_input', 'hook_q_input'], CELLS, SHAPE);
  expect(maps.map(({ columns, nRows, nColumns }) => [columns, nRows, nColumns])).toEqual([
    ['heads', 2, 4],
    ['kv heads', 2, 2],
    ['positions', 2, 5],
    ['layer', 2, 1],
  ]);
  expect(maps[0]?.at(1, 3)?.value).toBe(2);
  expect(maps[0]?.at(0, 3)).toBeUndefined(); // not come yet
});

test('effects are told from the unedited value, NaN aside, and cells are named as the field names them', () => {
  expect(largestEffect(CELLS, 1)).toBe(5);
  expect(strongest(CELLS.slice(0, 3), 1, 2).map(({ value }) => value)).toEqual([-4, 2]);
  expect(cellName(cell({ layer: 1, head: 7 }), 'heads')).toBe('L1H7');
  expect(cellName(cell({ layer: 1, head: 1 }), 'kv heads')).toBe('L1KV1');
  expect(cellName(cell({ layer: 2, position: 14 }), 'positions')).toBe('L2 at 14');
});

test("a form's choices are a sweep: sites in running order, however they were pressed", () => {
  const choices = { asked: null, byPosition: false, right: 5, wrong: 6, position: 3 } as const;
  expect(
    sweepOf({ ...choices, sites: ['attn.hook_z', 'hook_q_input'], operation: 'patch', metric: 'logitDifference' }),
  ).toEqual({
    sites: ['hook_q_input', 'attn.hook_z'],
    operation: { kind: 'freeze', prompt: 'corrupted' },
    byPosition: false,
    metric: { kind: 'logitDifference', tokens: [5, 6] },
    position: 3,
  });
  expect(sweepOf({ ...choices, sites: [], operation: 'mean', metric: 'rank' }).metric).toEqual({
    kind: 'rank',
    token: 5,
  });
});

test('columns of maps side by side share the panel, are alike in all, and neither vanish nor grow without end', () => {
  const maps = (...nColumns: number[]) =>
    nColumns.map((n) => ({ title: '', columns: 'heads', nRows: 4, nColumns: n, at: () => undefined }) as const);
  expect(columnWidth(maps(8, 2, 2), 1000)).toBe(40);
  expect(columnWidth(maps(8, 2, 2), 500)).toBe(30);
  expect(columnWidth(maps(8, 2, 2), 0)).toBe(26); // before the first layout
  expect(columnWidth(maps(32, 32, 32), 900)).toBe(8);
  expect(columnWidth(maps(32), 200)).toBe(6);
});
