import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { seeded } from '../../../test/support/kernels.ts';
import { PreparedFacts } from '../analysis/facts.ts';
import { PreparedLadder } from '../analysis/preparedLadder.ts';
import { UploadedCapture } from '../capture/uploadedCapture.ts';
import { gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import { compileForComparison, compileForOneRun } from './afterRun.ts';

test('a ladder and the facts after it compile nothing that was not started before', async () => {
  const gpu = gpuOf(await testDevice());
  const hooks: readonly HookName[] = ['blocks.0.attn.hook_attn_scores', 'blocks.0.attn.hook_pattern'];
  const upload = (seed: number) =>
    UploadedCapture.make(gpu, new Map(hooks.map((hook) => [hook, { shape: [2, 3, 3], values: seeded(18, seed) }])));
  const [a, b] = [await upload(1), await upload(2)];
  compileForOneRun(gpu);
  compileForComparison(gpu);
  const { pipelinesCompiled } = gpu.counters;
  const ladder = await PreparedLadder.make(a.capture, b.capture);
  expect(await ladder.run({ atol: 0, rtol: 0 })).toHaveLength(2);
  const facts = await PreparedFacts.make(b.capture, { split: true, repeated: false, nKeyValueHeads: 1 });
  await facts.check();
  expect(gpu.counters.pipelinesCompiled).toBe(pipelinesCompiled);
  for (const part of [ladder, facts, a, b]) part.destroy();
});
