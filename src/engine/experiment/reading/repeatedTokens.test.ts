import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../../gpu/device.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { repeatedRandomTokens, scoreOnRepeatedTokens } from './repeatedTokens.ts';

const CANONICAL = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;

let model: Model;
beforeAll(async () => {
  model = await loadModel(gpuOf(await testDevice()), await openCheckpoint(nodeFolder('public/models/demo-gqa')));
});
afterAll(() => model.destroy());

test('BOS stands first, the tokens come twice, no token drawn is BOS, and a seed is a prompt', () => {
  const prompt = repeatedRandomTokens(50, { bos: 7, length: 400, seed: 3 });
  expect(prompt[0]).toBe(7);
  expect(prompt.slice(1, 401)).toEqual(prompt.slice(401));
  expect(prompt.slice(1)).not.toContain(7);
  expect(new Set(prompt).size).toBe(50); // of 400 draws each of 49 comes up
  expect(repeatedRandomTokens(50, { bos: 7, length: 400, seed: 3 })).toEqual(prompt);
  expect(repeatedRandomTokens(50, { bos: null, length: 5, seed: 3 })).toHaveLength(10);
});

test('demo-gqa: L0H7 looks back by one, L1H7 is an induction head', async () => {
  const tokens = { bos: 0, length: 30, prompts: 8, seed: 1 };
  const scores = await scoreOnRepeatedTokens(model, CANONICAL, tokens);
  // probe.py, in PyTorch on 16 prompts of its own, gives 0.49 and 0.93; the mean over 8 of ours varies by about 0.03.
  expect(scores.previousToken[7]).toBeCloseTo(0.49, 1);
  expect(scores.induction[8 + 7]).toBeCloseTo(0.93, 1);
  expect(scores.self).toHaveLength(4 * 8);
  const whole = (scores.self[15] ?? 0) + (scores.induction[15] ?? 0) + (scores.bosMass[15] ?? 0);
  expect(whole).toBeLessThan(2); // shares over different queries: each at most 1
  expect(await scoreOnRepeatedTokens(model, CANONICAL, tokens)).toEqual(scores);
});

test('a prompt longer than the model reads is refused', async () => {
  const asked = scoreOnRepeatedTokens(model, CANONICAL, { bos: 0, length: 4096, prompts: 1, seed: 1 });
  await expect(asked).rejects.toThrow('8193 tokens are more than');
});
