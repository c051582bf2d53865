// A sweep against running each edit from the start, bit for bit; and what it saves, counted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { randomArchitecture, randomCheckpoint, randomPostNorm } from '../../../../test/support/randomModel.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { metricOf } from '../../analysis/metric.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { type Gpu, gpuOf } from '../../gpu/device.ts';
import { blockHook } from '../../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { HEAD_SITES, STREAM_SITES } from '../../model/sweepSite.ts';
import { compileSweep } from './compileSweep.ts';
import { runSweep, type SweepResult } from './runSweep.ts';
import type { Sweep, SweepCell } from './sweep.ts';
import { type SweepRequest, whyNotSweep } from './sweepRequest.ts';

const CLEAN = [3, 200, 77, 8, 8, 310, 12];
const CORRUPTED = [3, 17, 77, 81, 8, 310, 120];
const CANONICAL = { kind: 'canonical' } as const;

const SWEEP: Sweep = {
  sites: [...HEAD_SITES, ...STREAM_SITES],
  operation: { kind: 'freeze', prompt: 'corrupted' },
  byPosition: false,
  metric: { kind: 'logitDifference', tokens: [5, 44] },
  position: 6,
};

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

function editOf({ layer, site, head, position }: SweepCell, operation: Sweep['operation']): Intervention {
  const [heads, positions] = [head === null ? 'all' : [head], position === null ? 'all' : [position]] as const;
  return { hook: blockHook(layer, site), heads, positions, operation, enabled: true };
}

/** Each edit as a run of its own, from the first layer on: the cells' values, and what it all took. */
async function naive({ model, spec, tokenIds, corruptedTokenIds, sweep }: SweepRequest, cells: readonly SweepCell[]) {
  const base = {
    model,
    spec: { ...spec, qkv: 'split' },
    batch: 1,
    nPos: tokenIds.length,
    headInputs: 'shared',
  } as const;
  const interventions = cells.map((cell) => editOf(cell, sweep.operation));
  const hooks = interventions.flatMap((intervention) => sourceOf(intervention)?.hook ?? []);
  const other = hooks.length > 0 && corruptedTokenIds ? await prepareRun({ ...base, capture: hooks }) : null;
  await other?.execute(corruptedTokenIds ?? []);
  const sources = other ? { corrupted: other.capture.tensors } : {};
  const values: number[] = [];
  let [dispatches, multiplyAdds] = [0, 0];
  for (const intervention of interventions) {
    const run = await prepareRun({ ...base, capture: 'none', interventions: [intervention], sources });
    await run.execute(tokenIds);
    const [logits] = await run.capture.read(['unembed.hook_out']);
    const { dVocab } = model.config;
    const row = logits?.values.slice(sweep.position * dVocab, (sweep.position + 1) * dVocab) ?? new Float32Array();
    values.push(metricOf(sweep.metric, finalLogits(model.config, row), row));
    dispatches += run.plan.dispatches.length;
    multiplyAdds += run.plan.multiplyAdds;
    run.destroy();
  }
  other?.destroy();
  return { values, dispatches, multiplyAdds };
}

const MODELS: readonly { readonly name: string; readonly open: () => Promise<Checkpoint> }[] = [
  {
    name: 'Llama, 4 heads of 12 over 2',
    open: () => randomCheckpoint({ dHead: 12, nHeads: 4, nKeyValueHeads: 2, nLayers: 3, dVocab: 509, dMlp: 53 }),
  },
  {
    name: 'Phi, 3 heads of 11 over 1, parallel with a shared norm',
    open: () => randomCheckpoint({ dHead: 11, nHeads: 3, nKeyValueHeads: 1, nLayers: 2, dVocab: 509, dMlp: 53 }),
  },
  { name: 'GPT-NeoX, parallel', open: () => openCheckpoint(nodeFolder('test/fixtures/goldens/gpt_neox')) },
];

// ALiBi; norms behind, soft caps and windows; q and k normalised; experts; norms in the stream itself
const OTHERS = ['bloom', 'gemma2', 'qwen3', 'mixtral', 'OPT-350m'] as const;

test.each(OTHERS)(
  'every cell of %s is the run of its edit, bit for bit, and compiled ahead it compiles nothing',
  async (name) => {
    const model = await loadModel(gpu, await (name === 'OPT-350m' ? randomPostNorm() : randomArchitecture(name)));
    const asked: SweepRequest = {
      model,
      spec: { qkv: 'split', kv: 'broadcast', order: CANONICAL },
      tokenIds: CLEAN.map((id) => id % model.config.dVocab),
      corruptedTokenIds: null,
      sweep: {
        ...SWEEP,
        sites: ['hook_q_input', 'hook_k_input', 'hook_resid_pre', 'hook_mlp_out'],
        operation: { kind: 'zero' },
      },
    };
    await compileSweep(asked);
    const { pipelinesCompiled } = gpu.counters;
    const result = await runSweep(asked);
    expect(gpu.counters.pipelinesCompiled).toBe(pipelinesCompiled);
    const truth = await naive(asked, result.cells);
    expect(result.cells.map(({ value }) => value)).toEqual(truth.values);
    expect(new Set(truth.values).size).toBeGreaterThan(truth.values.length / 2);
    model.destroy();
  },
);

describe.each(MODELS)('$name', ({ open }) => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(gpu, await open());
  });
  afterAll(() => model.destroy());

  const vocabulary = () => model.config.dVocab;
  const request = (change: Partial<Sweep>, spec: Partial<SweepRequest['spec']> = {}): SweepRequest => ({
    model,
    spec: { qkv: 'split', kv: 'broadcast', order: CANONICAL, ...spec },
    tokenIds: CLEAN.map((id) => id % vocabulary()),
    corruptedTokenIds: CORRUPTED.map((id) => id % vocabulary()),
    sweep: { ...SWEEP, ...change },
  });

  test.each([
    ['patched from the corrupted prompt', request.bind(null, {})],
    ['zeroed, k and v repeated', request.bind(null, { operation: { kind: 'zero' } }, { kv: 'repeat' })],
    [
      'with noise, in a fused run',
      request.bind(null, { operation: { kind: 'noise', deviation: 0.5, seed: 3 } }, { qkv: 'fused' }),
    ],
    ['the stream by position', request.bind(null, { sites: STREAM_SITES, byPosition: true, position: 4 })],
  ])('every cell is the run of its edit, bit for bit: %s', async (_, make) => {
    const asked = make();
    const result = await runSweep(asked);
    const truth = await naive(asked, result.cells);
    expect(result.cells.map(({ value }) => value)).toEqual(truth.values);
    expect(new Set(truth.values).size).toBeGreaterThan(truth.values.length / 3); // edits do move the metric, but those behind it
    expect(truth.values.every(Number.isFinite)).toBe(true);
  });
});

describe('the demo model', () => {
  let model: Model;
  let result: SweepResult;
  let truth: Awaited<ReturnType<typeof naive>>;
  const reported: number[] = [];
  // "<|endoftext|>When Mary and John went to the store, John gave a drink to", and with the names exchanged at their second mention
  const prompt = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262];
  const corrupted = prompt.map((id, at) => (at === 10 ? 523 : id));
  const asked = (): SweepRequest => ({
    model,
    spec: { qkv: 'split', kv: 'broadcast', order: CANONICAL },
    tokenIds: prompt,
    corruptedTokenIds: corrupted,
    sweep: {
      ...SWEEP,
      sites: ['hook_q_input', 'hook_k_input', 'hook_v_input'],
      metric: { kind: 'logitDifference', tokens: [523, 521] },
      position: 14,
    },
    onCells: (_, done, total) => {
      reported.push(done / total);
    },
  });
  beforeAll(async () => {
    model = await loadModel(gpu, await openCheckpoint(nodeFolder('public/models/demo-gqa')));
    result = await runSweep(asked());
    truth = await naive(asked(), result.cells);
  });
  afterAll(() => model.destroy());

  test('all heads × {q, k, v} take at most 0.37 of the multiply-adds and 0.1 of the dispatches of a run each', () => {
    expect(result.cells).toHaveLength(4 * (8 + 2 + 2));
    expect(result.cells.map(({ value }) => value)).toEqual(truth.values);
    expect(result.multiplyAdds / truth.multiplyAdds).toBeLessThanOrEqual(0.37);
    expect(result.dispatches / truth.dispatches).toBeLessThanOrEqual(0.1);
  });

  test('cells fill in as they come, up to all', () => {
    expect(reported).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('the corrupted prompt turns the answer, and patching the stream turns it back', () => {
    expect(result.clean).toBeGreaterThan(2);
    expect(result.corrupted).toBeLessThan(-2);
  });

  test('what is compiled ahead needs no run: nothing is allocated', async () => {
    const { bufferAllocations, dispatches } = gpu.counters;
    await compileSweep(asked());
    expect(gpu.counters).toMatchObject({ bufferAllocations, dispatches });
  });

  test('a sweep ends where it is aborted', async () => {
    const controller = new AbortController();
    const aborted = runSweep({
      ...asked(),
      signal: controller.signal,
      onCells: () => controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
  });

  test('what cannot be swept is refused with the reason', () => {
    const why = (change: Partial<Sweep>) => whyNotSweep({ ...asked(), sweep: { ...asked().sweep, ...change } });
    expect(why({ position: 15 })).toContain('position 15');
    expect(why({ sites: [] })).toContain('place to edit');
    expect(why({ metric: { kind: 'rank', token: 1024 } })).toContain('token 1024');
    expect(whyNotSweep({ ...asked(), corruptedTokenIds: [0, 1] })).toContain('has 2 tokens');
  });
});
