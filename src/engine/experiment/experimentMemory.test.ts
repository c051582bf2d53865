// The plan of an experiment against what it holds: both runs, the ladder, the facts, the heads at a glance, a hook inspected.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import { inspectHook } from '../analysis/ladder.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { loadModel } from '../model/loadModel.ts';
import type { Model } from '../model/model.ts';
import { DEFAULT_EXPERIMENT, type Experiment } from './experiment.ts';
import { checkExperimentMemory, experimentMemory } from './experimentMemory.ts';
import { forwardSpecOf } from './forwardSpec.ts';
import { headAtlas } from './heads/headAtlas.ts';
import { ExperimentRunner, type SideRun } from './run.ts';
import { DEFAULT_RUN_SPEC, type RunSpec } from './runSpec.ts';

const SHAPE = { dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 6, dVocab: 509, dMlp: 53 };
const TOKENS = Array.from({ length: 33 }, (_, i) => (i * 131 + 7) % SHAPE.dVocab);
const LENGTHS = { nPos: TOKENS.length, nCorrupted: null };

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});
afterEach(() => {
  gpu.memory.budgetBytes = null;
});

function experimentOf(b: Partial<RunSpec>): Experiment {
  return { ...DEFAULT_EXPERIMENT, mode: 'compare', interventions: [], b: { ...DEFAULT_RUN_SPEC, ...b } };
}

/** Runs it as the page does; the most bytes held meanwhile, weights among them, and what there is to tell. */
async function peakOf(model: Model, experiment: Experiment) {
  const runner = new ExperimentRunner(model, { modelHash: '0'.repeat(64), appVersion: 'test' });
  gpu.memory.resetPeak();
  try {
    const { result, a, b } = await runner.run(experiment, TOKENS);
    const finished = (side: SideRun | null) =>
      side && { config: model.config, spec: forwardSpecOf(side.report.spec), capture: side.capture };
    const shown = finished(a) ?? finished(b);
    if (shown) await headAtlas(shown, a && finished(b), TOKENS);
    await inspectHook(a?.capture ?? null, b?.capture ?? null, 'unembed.hook_out', experiment.tolerance);
    return { peakBytes: gpu.memory.peakBytes, result };
  } finally {
    runner.destroy();
  }
}

/** Loads with so many bytes for the weights and the lanes that upload them; null: as many as there are. */
async function loaded(beside: number | null): Promise<Model> {
  const checkpoint = await randomCheckpoint(SHAPE);
  if (beside === null) return loadModel(gpu, checkpoint);
  gpu.memory.budgetBytes = gpu.memory.liveBytes + 1;
  const why = await loadModel(gpu, checkpoint).catch(String);
  gpu.memory.budgetBytes = Number(/more than (\d+)/.exec(String(why))?.[1]) + beside;
  return loadModel(gpu, checkpoint).finally(() => {
    gpu.memory.budgetBytes = null;
  });
}

describe.each([
  { how: 'resident', beside: null },
  { how: 'streamed', beside: 0 },
])('weights $how', ({ beside }) => {
  test.each([
    { what: 'equal bits', b: experimentOf({ qkv: 'split' }).b },
    { what: 'bits far apart, heads repeated', b: experimentOf({ qkv: 'split', kv: 'repeat', precision: 'bf16' }).b },
  ])('what is held is at most what was planned, and most of it: $what', async ({ what, b }) => {
    const model = await loaded(beside);
    const experiment = experimentOf(b);
    const plan = experimentMemory(model, experiment, LENGTHS);
    const { peakBytes, result } = await peakOf(model, experiment);
    model.destroy();
    expect(plan.streamed).toBe(beside !== null);
    const isApart = result.ladder.some(({ local }) => local !== null);
    expect(isApart).toBe(what !== 'equal bits');
    const planned = plan.total + (isApart ? plan.local : 0);
    expect(peakBytes).toBeLessThanOrEqual(planned);
    expect(peakBytes).toBeGreaterThan(0.75 * planned);
  });
});

test('a budget of the total is enough; where bits differ, local differences are then left out, and that is told', async () => {
  const model = await loaded(null);
  const experiment = experimentOf({ precision: 'bf16' });
  gpu.memory.budgetBytes = experimentMemory(model, experiment, LENGTHS).total;
  checkExperimentMemory(experimentMemory(model, experiment, LENGTHS));
  const { result } = await peakOf(model, experiment);
  expect(result.ladder.every(({ local }) => local === null)).toBe(true);
  expect(result.b?.notes).toEqual([
    expect.stringMatching(/^No local differences: there was no room for one more run\. This run needs \d+ bytes/),
  ]);
  gpu.memory.budgetBytes -= 1;
  expect(() => checkExperimentMemory(experimentMemory(model, experiment, LENGTHS))).toThrow(
    /^This experiment needs \d+ bytes .* on the GPU \(weights \d+, run A \d+, run B \d+, comparison \d+, panels \d+, staging \d+\), and the budget is \d+ bytes .*raise the budget to at least \d+\.$/,
  );
  model.destroy();
});

test('one side alone is compared with nothing', async () => {
  const model = await loaded(null);
  const both = experimentMemory(model, experimentOf({}), LENGTHS);
  const alone = experimentMemory(model, { ...experimentOf({}), mode: 'fused' }, LENGTHS);
  model.destroy();
  expect(alone).toMatchObject({ a: both.a, b: null, local: 0 });
  expect(alone.comparison).toBeLessThan(both.comparison / 5); // the patterns' facts
});
