// Which kernel the plan chooses; that both give the same bits is attention.test.ts.
import { expect, test } from 'vitest';
import type { AttentionShape } from './attention.ts';
import { chooseAttentionPlan } from './attentionPlan.ts';

const software = { isSoftware: true, features: ['subgroups'] };
const large: AttentionShape = { batch: 1, nPos: 128, nHeads: 8, repeats: 4, dHead: 64, window: null };

test('only a software adapter with subgroups takes quads', () => {
  expect(chooseAttentionPlan(software, large)).toBe('quad');
  expect(chooseAttentionPlan({ isSoftware: true, features: [] }, large)).toBe('register');
  expect(chooseAttentionPlan({ isSoftware: false, features: ['subgroups'] }, large)).toBe('register');
});

test('few multiply-adds do not earn the compilation of quads, and one query has no rows to share', () => {
  expect(chooseAttentionPlan(software, { ...large, nPos: 15, dHead: 16 })).toBe('register');
  expect(chooseAttentionPlan(software, { ...large, nPos: 1, keys: { nKey: 4096, keyStride: 4096 } })).toBe('register');
});
