import { expect, test } from 'vitest';
import { rotaryFrequencies, rotaryTable } from '../checkpoint/rotaryTable.ts';
import { rotary } from './rotary.ts';

const quarter = { cos: Float64Array.of(1, 1, 0, 0), sin: Float64Array.of(0, 0, 1, 1), pairs: 2 }; // position 1 turns by 90°
const x = { shape: [2, 1, 5], values: Float64Array.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5) };

test('half turns pairs (i, i + dim/2), interleaved (2i, 2i + 1); what lies past dim and position 0 stay', () => {
  expect(rotary(x, 'half', quarter).values).toEqual(Float64Array.of(1, 2, 3, 4, 5, -3, -4, 1, 2, 5));
  expect(rotary(x, 'interleaved', quarter).values).toEqual(Float64Array.of(1, 2, 3, 4, 5, -2, 1, -4, 3, 5));
});

test('the angle is position · base^(−2i/dim)', () => {
  const table = rotaryTable({ base: 100, dim: 4, style: 'half', scaling: null }, 3);
  expect(table.pairs).toBe(2);
  expect(Array.from(table.cos, (value) => value.toFixed(12))).toEqual(
    [0, 0, 1, 0.1, 2, 0.2].map((angle) => Math.cos(angle).toFixed(12)),
  );
  expect(table.sin[4]).toBe(Math.sin(2));
});

test('a dot product of turned vectors depends on their distance alone', () => {
  const table = rotaryTable({ base: 10000, dim: 4, style: 'half', scaling: null }, 9);
  const same = { shape: [9, 1, 4], values: Float64Array.from({ length: 36 }, (_, i) => [0.3, -1, 2, 0.7][i % 4] ?? 0) };
  const turned = rotary(same, 'half', table).values;
  const dot = (p: number, q: number) =>
    [0, 1, 2, 3].reduce((s, i) => s + (turned[p * 4 + i] ?? 0) * (turned[q * 4 + i] ?? 0), 0);
  expect(dot(2, 0)).toBeCloseTo(dot(8, 6), 13);
  expect(dot(2, 0)).not.toBeCloseTo(dot(3, 0), 3);
});

test('linear scaling divides every frequency', () => {
  const scaling = { kind: 'linear', factor: 4 } as const;
  expect(rotaryFrequencies({ base: 100, dim: 4, style: 'half', scaling }, 1)[0]).toBe(0.25);
});

test('llama3 scaling keeps fast turns, divides slow ones and blends between', () => {
  const scaling = { kind: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalNCtx: 64 } as const;
  const settings = { base: 500000, dim: 16, style: 'half' } as const;
  const plain = rotaryFrequencies({ ...settings, scaling: null }, 1);
  const scaled = rotaryFrequencies({ ...settings, scaling }, 1);
  const ratios = Array.from(scaled, (value, i) => value / (plain[i] ?? Number.NaN));
  expect(ratios[0]).toBe(1); // 10.2 turns in 64 positions
  expect(ratios[1]).toBeCloseTo((1 - (1.9753 - 1) / 3) / 8 + (1.9753 - 1) / 3, 4); // 1.9753 turns
  expect(ratios.slice(2)).toEqual(new Array(6).fill(1 / 8));
});
