import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../gpu/device.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { loadModel } from '../model/loadModel.ts';
import type { Model } from '../model/model.ts';
import { cpuEngines, whyTooLong } from './cpuEngines.ts';
import { DEFAULT_EXPERIMENT, type Experiment } from './experiment.ts';
import { ExperimentRunner } from './run.ts';
import { DEFAULT_RUN_SPEC, type RunSpec, whyNotRunnable } from './runSpec.ts';

const PROMPT = [0, 631, 523, 269, 521, 323, 262, 260, 655];
const CORRUPTED = [0, 631, 521, 269, 523, 323, 262, 260, 655];

let checkpoint: Checkpoint;
let model: Model;
let runner: ExperimentRunner;
let pauses = 0;

beforeAll(async () => {
  checkpoint = await openCheckpoint(nodeFolder('public/models/demo-neox')); // biases, which tell `after` from `inside`
  model = await loadModel(gpuOf(await testDevice()), checkpoint);
  const pause = async () => {
    pauses += 1;
  };
  runner = new ExperimentRunner(model, { modelHash: 'x', appVersion: 'test' }, cpuEngines({ checkpoint, pause }));
});
afterAll(() => {
  runner.destroy();
  model.destroy();
});

async function ladder(a: Partial<RunSpec>, b: Partial<RunSpec>, change: Partial<Experiment> = {}) {
  const specs = { a: { ...DEFAULT_RUN_SPEC, ...a }, b: { ...DEFAULT_RUN_SPEC, ...b } };
  const experiment: Experiment = { ...DEFAULT_EXPERIMENT, mode: 'compare', ...specs, ...change };
  const { result } = await runner.run(experiment, PROMPT, { corruptedTokenIds: CORRUPTED });
  return { rows: result.ladder, b: result.b };
}

const PATCH: Intervention = {
  hook: 'blocks.1.hook_k_input',
  heads: [2],
  positions: 'all',
  operation: { kind: 'patch', prompt: 'corrupted', source: 'blocks.1.hook_resid_pre' },
  enabled: true,
};

describe('ieee', () => {
  test.each([
    [{ qkv: 'split' }],
    [{ order: 'pairwise' }],
    [{ precision: 'bf16', bias: 'after' }],
    [{ softmax: 'online' }],
  ] as const)('has the bits of the GPU in portable arithmetic: %o', async (change) => {
    const { rows } = await ladder({ ...change, arithmetic: 'portable' }, { ...change, engine: 'ieee' });
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(({ summary }) => summary.verdict !== 'bit-identical').map(({ hook }) => hook)).toEqual([]);
  });

  test('carries out interventions as the GPU does, bit for bit', async () => {
    const split = { qkv: 'split', kv: 'repeat' } as const;
    const edits = { interventions: [PATCH] };
    const { rows, b } = await ladder({ ...split, arithmetic: 'portable' }, { ...split, engine: 'ieee' }, edits);
    expect(rows.filter(({ summary }) => summary.verdict !== 'bit-identical').map(({ hook }) => hook)).toEqual([]);
    expect(b?.notApplied).toEqual([]);
  });
});

describe('f64', () => {
  test('is within f32 roundings of our run at every hook, and says that it was rounded to be compared', async () => {
    const { rows, b } = await ladder({}, { engine: 'f64' });
    expect(rows.filter(({ summary }) => summary.verdict === 'outside').map(({ hook }) => hook)).toEqual([]);
    expect(b?.notes[0]).toContain('rounded to the nearest f32');
  });

  test('keeps an intervention that it cannot carry out, with the reason', async () => {
    const { b } = await ladder({}, { engine: 'f64' }, { interventions: [PATCH] });
    expect(b?.notApplied[0]?.why).toContain('split mode');
  });

  test('is refused the fields that tell roundings apart', () => {
    const refused: readonly Partial<RunSpec>[] = [
      { order: 'reversed' },
      { arithmetic: 'portable' },
      { bias: 'after' },
      { precision: 'bf16' },
      { softmax: 'online' },
    ];
    for (const change of refused) {
      const [field, value] = Object.entries(change)[0] ?? [];
      expect(whyNotRunnable({ ...DEFAULT_RUN_SPEC, engine: 'f64', ...change })).toContain(`no ${field}=${value}`);
    }
  });
});

test('a pass pauses before each block and the logits, and ends where it is aborted', async () => {
  pauses = 0;
  await ladder({}, { engine: 'ieee' });
  expect(pauses).toBe(checkpoint.config.nLayers + 1);
  const controller = new AbortController();
  const pause = async () => controller.abort(new Error('enough'));
  const engine = cpuEngines({ checkpoint, pause }).f64;
  const request = { tokenIds: PROMPT, corruptedTokenIds: null, interventions: [], reference: null };
  const aborted = engine?.({ ...request, spec: { ...DEFAULT_RUN_SPEC, engine: 'f64' }, signal: controller.signal });
  await expect(aborted).rejects.toThrow('enough');
});

test('what would take minutes is refused with the figures', () => {
  const request = { tokenIds: PROMPT, interventions: [] };
  expect(whyTooLong(checkpoint, request, 'ieee')).toBeNull();
  const large = { parameters: 7.2e9, config: checkpoint.config };
  expect(whyTooLong(large, request, 'f64')).toContain('6.5e+10 multiply-adds on the CPU for 9 tokens');
});
