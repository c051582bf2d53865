// The contract of the cache: prefill = cached decode, bit for bit, at every hook of the new row.
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomArchitecture, randomCheckpoint } from '../../../test/support/randomModel.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { countedSince } from '../gpu/counters.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { isPlane } from './editViews.ts';
import { kvCache } from './kvCache.ts';
import { loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { type PreparedRun, prepareRun } from './prepareRun.ts';
import type { ForwardSpec } from './runContext.ts';

const CANONICAL = { kind: 'canonical' } as const;
const SPECS: readonly ForwardSpec[] = [
  { qkv: 'fused', kv: 'broadcast', order: CANONICAL },
  { qkv: 'fused', kv: 'repeat', order: CANONICAL },
  { qkv: 'split', kv: 'broadcast', order: CANONICAL },
  { qkv: 'split', kv: 'repeat', order: CANONICAL, softmax: 'online' },
];
const N_POS = 21;
const PREFILLED = 17;
const CAPACITY = 25;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

function ids(model: Model): number[] {
  return Array.from({ length: N_POS }, (_, i) => (i * 131 + 7) % model.config.dVocab);
}

type Rows = ReadonlyMap<HookName, Uint32Array>;

/** The bits of one row of every captured hook; of scores and patterns, its keys up to its own. */
async function rowOf(run: PreparedRun, row: number, position: number): Promise<Rows> {
  const { hooks } = run.capture;
  const read = await run.capture.read(hooks);
  return new Map(
    hooks.map((hook, at) => {
      const { shape = [], values = new Float32Array() } = read[at] ?? {};
      const bits = new Uint32Array(values.buffer);
      if (!isPlane(hook))
        return [hook, bits.subarray((bits.length / (shape[0] ?? 1)) * row).slice(0, bits.length / (shape[0] ?? 1))];
      const [heads = 0, queries = 0, keys = 0] = shape;
      const rows = Array.from({ length: heads }, (_, head) => {
        const first = (head * queries + row) * keys;
        return [...bits.subarray(first, first + position + 1)];
      });
      return [hook, Uint32Array.from(rows.flat())];
    }),
  );
}

type Setup = { readonly model: Model; readonly spec: ForwardSpec; readonly interventions?: readonly Intervention[] };

async function wholePass({ model, spec, interventions = [] }: Setup): Promise<Rows[]> {
  const request = {
    model,
    spec,
    batch: 1,
    nPos: N_POS,
    capture: 'standard',
    headInputs: 'shared',
    interventions,
  } as const;
  const run = await prepareRun(request);
  await run.execute(ids(model));
  const rows: Rows[] = [];
  for (let position = PREFILLED; position < N_POS; position++) rows.push(await rowOf(run, position, position));
  run.destroy();
  return rows;
}

/** Prefills, then decodes the rest row by row with one plan. */
async function decoded({ model, spec, interventions = [] }: Setup): Promise<Rows[]> {
  const cache = kvCache(model.config, spec, CAPACITY);
  await gpu.allocate(cache.slots);
  const request = { model, spec, batch: 1, headInputs: 'shared', cache, interventions } as const;
  const prefill = await prepareRun({ ...request, nPos: PREFILLED, capture: 'none', logits: 'last' });
  await prefill.execute(ids(model).slice(0, PREFILLED));
  prefill.destroy();
  const step = await prepareRun({ ...request, nPos: 1, capture: 'standard' });
  const rows: Rows[] = [];
  for (const [at, id] of ids(model).slice(PREFILLED).entries()) {
    const before = { ...gpu.counters };
    step.moveTo(PREFILLED + at);
    await step.execute([id]);
    const { bufferAllocations, pipelinesCompiled, bindGroups, submits } = countedSince(before, gpu.counters);
    expect({ bufferAllocations, pipelinesCompiled, bindGroups, submits }).toEqual({
      bufferAllocations: 0,
      pipelinesCompiled: 0,
      bindGroups: 0,
      submits: 1,
    });
    rows.push(await rowOf(step, 0, PREFILLED + at));
  }
  step.destroy();
  for (const slot of cache.slots) slot.destroy();
  return rows;
}

/** Names the first hook of the first row whose bits differ, in running order. */
function firstDeparture(whole: readonly Rows[], rows: readonly Rows[]): string | null {
  for (const [at, row] of whole.entries()) {
    for (const [hook, bits] of row) {
      const other = rows[at]?.get(hook);
      if (other?.length !== bits.length)
        return `${hook} of row ${PREFILLED + at}: ${other?.length} of ${bits.length} elements`;
      const first = bits.findIndex((word, i) => word !== other[i]);
      if (first >= 0) return `${hook} of row ${PREFILLED + at}, element ${first}`;
    }
  }
  const logits = new Float32Array(whole[0]?.get('unembed.hook_out')?.slice().buffer ?? new ArrayBuffer());
  if (logits.length === 0 || !logits.every(Number.isFinite)) return 'the logits are no numbers to compare';
  return whole.length === N_POS - PREFILLED && (whole[0]?.size ?? 0) > 20 ? null : 'too little was compared';
}

async function expectSame(checkpoint: Checkpoint, specs: readonly ForwardSpec[]): Promise<void> {
  const model = await loadModel(gpu, checkpoint);
  try {
    for (const spec of specs) {
      const setup = { model, spec };
      expect(firstDeparture(await wholePass(setup), await decoded(setup)), `${spec.qkv}, ${spec.kv}`).toBeNull();
    }
  } finally {
    model.destroy();
  }
}

const SHAPE = { nLayers: 2, dVocab: 509, dMlp: 53 };

test.each([
  { dHead: 16, nHeads: 4, nKeyValueHeads: 2 },
  { dHead: 11, nHeads: 6, nKeyValueHeads: 3 },
  { dHead: 20, nHeads: 3, nKeyValueHeads: 1 },
])('d_head $dHead, $nHeads query heads over $nKeyValueHeads', async (shape) => {
  await expectSame(await randomCheckpoint({ ...shape, ...SHAPE }), SPECS);
});

test.each([
  ['mistral', 'sliding windows'],
  ['bloom', 'ALiBi'],
  ['gpt2', 'learned positions'],
  ['opt', 'learned positions with an offset'],
  ['gemma2', 'soft caps, windows of every other layer'],
  ['gpt_neox', 'parallel residual'],
  ['qwen3', 'q and k normalised'],
  ['mixtral', 'mixture of experts'],
])('%s: %s', async (name) => {
  await expectSame(
    await randomArchitecture(name),
    SPECS.filter(({ kv, qkv }) => (kv === 'repeat') === (qkv === 'split')),
  );
});

// stories260k lies beside the project on some machines alone.
const STORIES = '../shared/checkpoints/stories260k';
if (!existsSync(STORIES)) console.info(`${STORIES} is absent: its cache is not compared`);
const FOLDERS = ['public/models/demo-gqa', ...(existsSync(STORIES) ? [STORIES] : [])];

test.each(FOLDERS)('%s', async (folder) => {
  await expectSame(await openCheckpoint(nodeFolder(folder)), SPECS.slice(1, 3));
});

describe('interventions', () => {
  const everywhere = { heads: 'all', positions: 'all', enabled: true } as const;
  const interventions: readonly Intervention[] = [
    { ...everywhere, hook: 'blocks.0.attn.hook_z', heads: [1], operation: { kind: 'zero' } },
    {
      ...everywhere,
      hook: 'blocks.0.hook_resid_mid',
      positions: [3, 18],
      operation: { kind: 'addToken', factor: 2, token: 5 },
    },
    {
      ...everywhere,
      hook: 'blocks.1.attn.hook_k',
      positions: [2, 19],
      operation: { kind: 'noise', deviation: 0.5, seed: 3 },
    },
    { ...everywhere, hook: 'blocks.1.attn.hook_pattern', heads: [0], operation: { kind: 'scale', factor: 0.5 } },
    {
      ...everywhere,
      hook: 'blocks.1.hook_mlp_out',
      operation: { kind: 'add', factor: -1, prompt: 'same', source: 'blocks.0.hook_mlp_out' },
    },
  ];

  test('touch the same rows of a decoded text as of a whole pass', async () => {
    const model = await loadModel(gpu, await randomCheckpoint({ dHead: 16, nHeads: 4, nKeyValueHeads: 2, ...SHAPE }));
    const [spec] = SPECS;
    if (!spec) throw new Error('no specification');
    const edited = await wholePass({ model, spec, interventions });
    expect(firstDeparture(edited, await decoded({ model, spec, interventions }))).toBeNull();
    expect(firstDeparture(edited, await wholePass({ model, spec }))).not.toBeNull();
    model.destroy();
  });
});
