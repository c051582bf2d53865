// Portable arithmetic end to end: the GPU's run equals the JavaScript reference made of Math.fround bit for bit at every hook, for
// every recorded checkpoint, in both modes; so do runs rounded to f16 and bf16 after each operation, for the project's own ones.
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf } from '../../../test/support/kernels.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
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
  readonly numerics: Numerics;
  readonly order?: SumOrder;
  readonly softmax?: 'online';
};
type Bits = ReadonlyMap<HookName, Uint32Array>;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

async function onGpu(model: Model, run: Run): Promise<Bits> {
  const { qkv, numerics, order = CANONICAL, softmax = 'materialised' } = run;
  const spec = { qkv, kv: 'broadcast', order, numerics, softmax } as const;
  const prepared = await prepareRun({
    model,
    spec,
    batch: 1,
    nPos: PROMPT.length,
    capture: 'standard',
    headInputs: 'materialised',
  });
  await prepared.execute(PROMPT);
  const { hooks } = prepared.capture;
  const read = await prepared.capture.read(hooks);
  prepared.destroy();
  return new Map(hooks.map((hook, at) => [hook, bitsOf(read[at]?.values ?? new Float32Array())]));
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
  const inJavaScript = async ({
    qkv,
    numerics: { precision, bias },
    order = CANONICAL,
    softmax,
  }: Run): Promise<Bits> => {
    const checkpoint = await openCheckpoint(nodeFolder(folder));
    const captured = referenceForward({
      config: checkpoint.config,
      weights: await readReferenceWeights(checkpoint, undefined, precision),
      tokenIds: PROMPT,
      qkv,
      kv: 'broadcast',
      arithmetic: ieee({ precision, bias, order, softmaxBlock: softmax ? ONLINE_BLOCK_KEYS : null }),
    });
    return new Map([...captured].map(([hook, { values }]) => [hook, bitsOf(Float32Array.from(values))]));
  };
  beforeAll(async () => {
    model = await loadModel(gpu, await openCheckpoint(nodeFolder(folder)));
  });

  test.each(['fused', 'split'] as const)('portable, %s: the GPU = ieee at every hook', async (qkv) => {
    const run = { qkv, numerics: PORTABLE };
    expect(departures(await onGpu(model, run), await inJavaScript(run))).toEqual([]);
  });

  test.runIf(folder.startsWith(OWN)).each(['f16', 'bf16'] as const)(
    'portable in %s: the GPU = ieee at every hook',
    async (precision) => {
      for (const bias of ['inside', 'after'] as const) {
        const run = { qkv: 'fused', numerics: { ...PORTABLE, precision, bias } } as const;
        expect(departures(await onGpu(model, run), await inJavaScript(run))).toEqual([]);
      }
    },
  );

  test.runIf(folder.startsWith(OWN))('portable, online softmax: the GPU = ieee at every hook', async () => {
    const run = { qkv: 'fused', numerics: PORTABLE, softmax: 'online' } as const;
    expect(departures(await onGpu(model, run), await inJavaScript(run))).toEqual([]);
  });

  test
    .runIf(folder.startsWith(OWN))
    .each([
      { kind: 'reversed' },
      { kind: 'pairwise' },
      { kind: 'compensated' },
      { kind: 'splitK', chunks: 3 },
    ] as const)('portable, $kind: the GPU = ieee at every hook', async (order) => {
    const run = { qkv: 'fused', numerics: PORTABLE, order } as const;
    expect(departures(await onGpu(model, run), await inJavaScript(run))).toEqual([]);
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
      const { weights } = await openCheckpoint(nodeFolder(folder));
      expect(changed).toBe(weights.blocks.some(({ b_Q, b_O, mlp }) => (b_Q ?? b_O ?? mlp?.b_in ?? null) !== null));
    },
  );
});
