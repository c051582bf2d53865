import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../engine/index.ts';
import { describeRun } from './describeRun.ts';

test('a run is told by what is not a default', () => {
  const { a, b, prompt } = DEFAULT_EXPERIMENT;
  expect(describeRun({ experiment: DEFAULT_EXPERIMENT, nTokens: 15 })).toBe(
    'A fused · B split · 15 tokens “When Mary and John went to the store…”',
  );
  const pinned = { ...DEFAULT_EXPERIMENT, mode: 'split' as const, prompt: { ...prompt, tokenIds: [0, 5] } };
  expect(describeRun({ experiment: { ...pinned, a, b: { ...b, order: 'splitK(4)', kv: 'repeat' } }, nTokens: 2 })).toBe(
    'B split, repeat, splitK(4) · 2 tokens',
  );
});
