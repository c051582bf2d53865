import { expect, test } from 'vitest';
import { whyNotApplicable } from '../../engine/index.ts';
import { headDeeds, tokenDeeds } from './deeds.ts';

const MODEL = {
  nLayers: 4,
  nHeads: 8,
  nKeyValueHeads: 2,
  dModel: 128,
  dHead: 16,
  dMlp: 256,
  dVocab: 1024,
  positional: 'rotary',
  rotary: [{}, {}, {}, {}],
  residual: 'serial',
  gatedMlp: true,
  finalNorm: true,
  experts: null,
} as const;
const SPLIT = { model: MODEL, mode: { qkv: 'split', kv: 'broadcast' }, nPos: 15, nCorrupted: 15 } as const;

test('every deed of a menu can be carried out in split mode with a corrupted prompt', () => {
  const deeds = [
    ...headDeeds({ layer: 3, head: 7 }, 4, true),
    ...tokenDeeds({ position: 3, layer: 2, other: 14 }, true),
  ];
  for (const { intervention } of deeds) expect(whyNotApplicable(intervention, SPLIT)).toBeNull();
  expect(deeds.length).toBeGreaterThan(10);
});

test('k and v inputs are those of the kv head that the head reads, and are named so', () => {
  const [k, v] = headDeeds({ layer: 1, head: 5 }, 4, true).filter(({ label }) => /[kv] input/.test(label));
  expect([k?.label, k?.intervention.heads]).toEqual(["Patch L1KV1's k input from corrupted", [1]]);
  expect([v?.label, v?.intervention.hook]).toEqual(["Patch L1KV1's v input from corrupted", 'blocks.1.hook_v_input']);
  expect(headDeeds({ layer: 1, head: 5 }, 1, true)[4]?.intervention.heads).toEqual([5]);
});

test('a token changes places with the one chosen before, not with itself; what is missing is noted', () => {
  const swap = tokenDeeds({ position: 9, layer: 0, other: 2 }, false).at(-1);
  expect(swap?.intervention).toMatchObject({ positions: [2, 9], operation: { kind: 'swap' } });
  const alone = tokenDeeds({ position: 9, layer: 0, other: 9 }, false);
  expect(alone.some(({ label }) => label.startsWith('Swap'))).toBe(false);
  expect(alone[0]?.note).toBe('needs a corrupted prompt');
});
