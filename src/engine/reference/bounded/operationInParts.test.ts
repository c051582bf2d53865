import { expect, test } from 'vitest';
import { randomArchitecture } from '../../../../test/support/randomModel.ts';
import { parseHookName } from '../../hooks/hookName.ts';
import { ieee } from '../arithmetic.ts';
import { referenceForward } from '../forward.ts';
import { readReferenceWeights } from '../loadWeights.ts';
import { operationAt } from './operationAt.ts';
import { operationInParts } from './operationInParts.ts';

const TOKENS = [3, 1, 4, 1, 5, 9, 2];

test.each([
  ['qwen2', 'fused', 'repeat'],
  ['gemma2', 'split', 'broadcast'],
  ['gpt_neox', 'split', 'repeat'],
] as const)(
  '%s, %s: every hook, three rows at a time, is what it is in one, and one that is left ends there',
  async (name, qkv, kv) => {
    const checkpoint = await randomArchitecture(name);
    const { config } = checkpoint;
    const weights = await readReferenceWeights(checkpoint);
    const base = { config, weights, tokenIds: TOKENS, qkv, kv };
    const arithmetic = ieee({ precision: 'f32', bias: 'inside', order: { kind: 'canonical' }, softmaxBlock: null });
    const captured = referenceForward({ ...base, arithmetic });
    const inParts = new Map<string, number>();
    for (const hook of captured.keys()) {
      let parts = 0;
      const between = async () => {
        parts += 1;
      };
      const run = { ...base, captured };
      expect(await operationInParts(hook, run, { rows: 3, between }), hook).toEqual(operationAt(hook, run));
      inParts.set(parseHookName(hook)?.hook ?? hook, parts);
    }
    expect(inParts.get('attn.hook_q')).toBe(3);
    expect(inParts.get('unembed.hook_out')).toBe(3);
    expect(inParts.get('attn.hook_pattern')).toBe(1);
    const left = operationInParts(
      'unembed.hook_out',
      { ...base, captured },
      { rows: 1, between: () => Promise.reject(new Error('left')) },
    );
    await expect(left).rejects.toThrow('left');
  },
);
