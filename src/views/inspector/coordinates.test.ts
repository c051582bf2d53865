import { expect, test } from 'vitest';
import { describeIndex } from './coordinates.ts';

const TOKENS = ['When', ' Mary', '\n'].map((text, id) => ({ id, text, bytes: null, special: false }));

test.each([
  ['blocks.0.attn.hook_q', [1, 7, 14], 'pos 1 ·Mary · head 7 · element 14'],
  ['blocks.0.hook_resid_pre', [2, 5], 'pos 2 ⏎ · element 5'],
  ['blocks.3.attn.hook_pattern', [4, 2, 1], 'head 4 · query 2 ⏎ · key 1 ·Mary'],
  ['unembed.hook_out', [0, 321], 'pos 0 When · token 321'],
  ['hook_embed', [9, 0], 'pos 9 · element 0'],
] as const)('%s at %j is %s', (hook, index, words) => {
  expect(describeIndex(hook, index, TOKENS)).toBe(words);
});
