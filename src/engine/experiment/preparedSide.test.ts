import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import { gpuOf } from '../gpu/device.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { loadModel } from '../model/loadModel.ts';
import type { Model } from '../model/model.ts';
import { DEFAULT_EXPERIMENT, type Experiment } from './experiment.ts';
import { ExperimentRunner } from './run.ts';

const CLEAN = [3, 200, 77, 5, 161, 42, 8];
const CORRUPTED = [3, 17, 77, 250, 161, 4, 81];

let model: Model;
let runner: ExperimentRunner;
beforeAll(async () => {
  const shape = { dHead: 12, nHeads: 4, nKeyValueHeads: 2, nLayers: 2, dVocab: 320, dMlp: 53 };
  model = await loadModel(gpuOf(await testDevice()), await randomCheckpoint(shape));
  runner = new ExperimentRunner(model, { modelHash: 'random', appVersion: 'test' });
});
afterAll(() => {
  runner.destroy();
  model.destroy();
});

const everywhere = { heads: 'all', positions: 'all', enabled: true } as const;
const patchAll: Intervention = {
  ...everywhere,
  hook: 'blocks.0.hook_resid_pre',
  operation: { kind: 'freeze', prompt: 'corrupted' },
};
const splitOnly: Intervention = {
  ...everywhere,
  hook: 'blocks.1.hook_q_input',
  heads: [3],
  operation: { kind: 'zero' },
};
const off: Intervention = { ...everywhere, hook: 'blocks.9.hook_q_input', operation: { kind: 'zero' }, enabled: false };

function experiment(interventions: readonly Intervention[]): Experiment {
  return { ...DEFAULT_EXPERIMENT, interventions };
}

test('a whole stream frozen to the corrupted prompt gives its logits, bit for bit', async () => {
  const patched = await runner.run(experiment([patchAll]), CLEAN, { corruptedTokenIds: CORRUPTED });
  const corrupted = await runner.run(experiment([]), CORRUPTED);
  expect(patched.result.fingerprint.a?.logits).toBe(corrupted.result.fingerprint.a?.logits);
  expect(patched.result.fingerprint.b?.logits).toBe(corrupted.result.fingerprint.b?.logits);
});

test('what a side cannot carry out is reported there with its reason, and carried out on the other', async () => {
  const { result } = await runner.run(experiment([off, splitOnly]), CLEAN);
  expect(result.a?.notApplied).toEqual([{ index: 1, why: expect.stringContaining('exists in split mode only') }]);
  expect(result.b?.notApplied).toEqual([]);
  expect(result.fingerprint.maxAbs).toBeGreaterThan(0);
  expect(result.facts.filter((fact) => !fact.holds)).toEqual([]);
});

test('run again, nothing is allocated, compiled or bound, and the other prompt is not run anew', async () => {
  const options = { corruptedTokenIds: CORRUPTED };
  await runner.run(experiment([patchAll]), CLEAN, options);
  const { result } = await runner.run(experiment([patchAll]), CLEAN, options);
  const counters = { bufferAllocations: 0, pipelinesCompiled: 0, bindGroups: 0, submits: 1 };
  expect(result.a?.counters).toMatchObject(counters);
  expect(result.b?.counters).toMatchObject(counters);
});

test('another corrupted prompt of the same length is run', async () => {
  const first = await runner.run(experiment([patchAll]), CLEAN, { corruptedTokenIds: CORRUPTED });
  const second = await runner.run(experiment([patchAll]), CLEAN, { corruptedTokenIds: [...CORRUPTED].reverse() });
  expect(second.result.fingerprint.a?.logits).not.toBe(first.result.fingerprint.a?.logits);
});

test('from a corrupted prompt of another length nothing is taken: what reads it is left out, with both lengths', async () => {
  const { result } = await runner.run(experiment([patchAll]), CLEAN, { corruptedTokenIds: [1, 2] });
  expect(result.a?.notApplied[0]?.why).toContain('the corrupted prompt has 2 tokens and the clean one 7');
});

test('without a corrupted prompt, what reads it is left out and says so', async () => {
  const { result } = await runner.run(experiment([patchAll]), CLEAN);
  expect(result.a?.notApplied[0]?.why).toContain('from the corrupted prompt, and there is none');
});
