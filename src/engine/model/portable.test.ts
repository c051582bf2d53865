// Portable arithmetic end to end: the GPU's run equals the JavaScript reference made of Math.fround bit for bit at every hook, for
// every recorded checkpoint, in both modes; so do runs in the other precisions, orders and layouts, of every architecture at random.
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES } from '../../../test/support/architectureFixtures.ts';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf } from '../../../test/support/kernels.ts';
import { randomArchitecture, randomCheckpoint } from '../../../test/support/randomModel.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import { ONLINE_BLOCK_KEYS } from '../kernels/attention.ts';
import type { SumOrder } from '../kernels/matmul.ts';
import { NATIVE_F32, type Numerics } from '../kernels/numerics.ts';
import { ieee } from '../reference/arithmetic.ts';
import { referenceForward } from '../reference/forward.ts';
import { readReferenceWeights } from '../reference/loadWeights.ts';
import { loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { prepareRun } from './prepareRun.ts';

const CANONICAL = { kind: 'canonical' } as const;
const BLOCKED = { kind: 'blocked', blockLength: 5 } as const;
const PORTABLE: Numerics = { ...NATIVE_F32, arithmetic: 'portable' };

const OWN = 'test/fixtures/goldens';
const SHARED = '../shared/goldens';
const FOLDERS = [
  ...readdirSync(OWN).map((name) => `${OWN}/${name}`),
  ...(existsSync(SHARED) ? readdirSync(SHARED).map((name) => `${SHARED}/${name}`) : []),
].filter((folder) => existsSync(`${folder}/config.json`));

const PROMPT = Array.from({ length: 13 }, (_, i) => (i * 37 + 5) % 251);

type Run = {
  readonly qkv: 'fused' | 'split';
  readonly kv?: 'broadcast' | 'repeat';
  readonly numerics: Numerics;
  readonly order?: SumOrder;
  readonly softmax?: 'online';
};
type Bits = ReadonlyMap<HookName, Uint32Array>;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

async function onGpu(model: Model, run: Run, tokenIds: readonly number[] = PROMPT): Promise<Bits> {
  const { qkv, kv = 'broadcast', numerics, order = CANONICAL, softmax = 'materialised' } = run;
  const spec = { qkv, kv, order, numerics, softmax } as const;
  const prepared = await prepareRun({
    model,
    spec,
    batch: 1,
    nPos: tokenIds.length,
    capture: 'standard',
    headInputs: 'materialised',
  });
  await prepared.execute(tokenIds);
  const { hooks } = prepared.capture;
  const read = await prepared.capture.read(hooks);
  prepared.destroy();
  return new Map(hooks.map((hook, at) => [hook, bitsOf(read[at]?.values ?? new Float32Array())]));
}

/** The same in JavaScript. */
async function inJavaScript(checkpoint: Checkpoint, run: Run, tokenIds: readonly number[] = PROMPT): Promise<Bits> {
  const { qkv, kv = 'broadcast', numerics, order = CANONICAL, softmax } = run;
  const { precision, bias } = numerics;
  const captured = referenceForward({
    config: checkpoint.config,
    weights: await readReferenceWeights(checkpoint, undefined, precision),
    tokenIds,
    qkv,
    kv,
    arithmetic: ieee({ precision, bias, order, softmaxBlock: softmax ? ONLINE_BLOCK_KEYS : null }),
  });
  return new Map([...captured].map(([hook, { values }]) => [hook, bitsOf(Float32Array.from(values))]));
}

/** The hooks where bits differ, those of both runs alone, in running order. */
function departures(a: Bits, b: Bits): string[] {
  const shared = [...a.keys()].filter((hook) => b.get(hook)?.length === a.get(hook)?.length);
  if (shared.length < 15) return [`only ${shared.length} hooks are compared`];
  return shared.filter((hook) => !sameBits(a.get(hook), b.get(hook)));
}

function sameBits(a: Uint32Array | undefined, b: Uint32Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.every((word, i) => word === b[i]);
}

describe.each(FOLDERS)('%s', (folder) => {
  let model: Model;
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openCheckpoint(nodeFolder(folder));
    model = await loadModel(gpu, checkpoint);
  });

  test.each(['fused', 'split'] as const)('portable, %s: the GPU = ieee at every hook', async (qkv) => {
    const run = { qkv, numerics: PORTABLE };
    expect(departures(await onGpu(model, run), await inJavaScript(checkpoint, run))).toEqual([]);
  });

  test.runIf(folder.startsWith(OWN)).each(['f16', 'bf16'] as const)(
    'native in %s: split = fused with the bias inside and after it',
    async (precision) => {
      for (const bias of ['inside', 'after'] as const) {
        const numerics = { ...NATIVE_F32, precision, bias };
        const [fused, split] = [
          await onGpu(model, { qkv: 'fused', numerics }),
          await onGpu(model, { qkv: 'split', numerics }),
        ];
        expect(departures(fused, split)).toEqual([]);
      }
    },
  );

  test.runIf(folder.startsWith(OWN))(
    'in bf16, a bias added after the rounding changes a model that has biases, and no other',
    async () => {
      const run = (bias: 'inside' | 'after'): Run => ({
        qkv: 'fused',
        numerics: { ...NATIVE_F32, precision: 'bf16', bias },
      });
      const changed = departures(await onGpu(model, run('inside')), await onGpu(model, run('after'))).length > 0;
      const { weights } = checkpoint;
      expect(changed).toBe(weights.blocks.some(({ b_Q, b_O, mlp }) => (b_Q ?? b_O ?? mlp?.b_in ?? null) !== null));
    },
  );
});

/** Every field beside portable arithmetic, each value at least once. */
const FIELDS: readonly Run[] = [
  { qkv: 'split', numerics: { ...PORTABLE, precision: 'f16', bias: 'after' }, order: BLOCKED, softmax: 'online' },
  { qkv: 'fused', kv: 'repeat', numerics: { ...PORTABLE, precision: 'bf16' }, order: { kind: 'splitK', chunks: 3 } },
  { qkv: 'fused', numerics: { ...PORTABLE, precision: 'bf16', bias: 'after' }, order: { kind: 'pairwise' } },
  { qkv: 'split', kv: 'repeat', numerics: PORTABLE, order: { kind: 'compensated' }, softmax: 'online' },
  { qkv: 'fused', numerics: { ...PORTABLE, precision: 'f16' }, order: { kind: 'reversed' } },
];

const layers = { nLayers: 1, dVocab: 509, dMlp: 37 };
const ODD = [
  { name: 'd_head 11, 6 query over 3 kv heads', shape: { dHead: 11, nHeads: 6, nKeyValueHeads: 3, ...layers } },
  { name: 'd_head 20, 1 kv head', shape: { dHead: 20, nHeads: 3, nKeyValueHeads: 1, ...layers } },
  { name: 'd_head 80, no grouping', shape: { dHead: 80, nHeads: 2, nKeyValueHeads: 2, ...layers } },
];

/** Random weights, so that nothing is as trained: experts, norms behind sums, biases of a position and odd shapes among them. */
const RANDOM = [
  ...ARCHITECTURE_FIXTURES.map(({ name }) => ({ name, make: () => randomArchitecture(name) })),
  ...ODD.map(({ name, shape }) => ({ name, make: () => randomCheckpoint(shape) })),
];
const PAST_A_BLOCK = Array.from({ length: ONLINE_BLOCK_KEYS + 2 }, (_, i) => i * 131 + 7);

test.each(RANDOM.map((each, at) => ({ ...each, at })))(
  'portable, $name: in precisions, orders and layouts by turns the GPU = ieee at every hook',
  async ({ make, at }) => {
    const checkpoint = await make();
    const model = await loadModel(gpu, checkpoint);
    const tokenIds = PAST_A_BLOCK.map((id) => id % checkpoint.config.dVocab);
    for (const run of [FIELDS[at % FIELDS.length], FIELDS[(at + 3) % FIELDS.length]]) {
      if (!run) throw new Error('internal: there is no such turn');
      const departed = departures(await onGpu(model, run, tokenIds), await inJavaScript(checkpoint, run, tokenIds));
      expect(departed, JSON.stringify(run)).toEqual([]);
    }
    model.destroy();
  },
);
