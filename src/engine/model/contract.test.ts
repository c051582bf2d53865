import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import { loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { prepareRun, type RunRequest } from './prepareRun.ts';

const CANONICAL = { kind: 'canonical' } as const;
const PROMPT = Array.from({ length: 33 }, (_, i) => (i * 131 + 7) % 509);

/** Odd shapes: what breaks tiles, panels, groups and vec4 rows. */
const SHAPES = [
  { name: 'control', dHead: 16, nHeads: 4, nKeyValueHeads: 2 },
  { name: 'd_head 11, 6 query over 3 kv heads', dHead: 11, nHeads: 6, nKeyValueHeads: 3 },
  { name: 'd_head 20, 1 kv head', dHead: 20, nHeads: 3, nKeyValueHeads: 1 },
  { name: 'd_head 80, no grouping', dHead: 80, nHeads: 2, nKeyValueHeads: 2 },
] as const;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

/** Runs and reads every captured hook: name → bits. */
async function bitsOf(
  model: Model,
  tokenIds: readonly number[],
  change: Partial<RunRequest> = {},
): Promise<Map<HookName, { shape: readonly number[]; bits: Uint32Array }>> {
  const batch = change.batch ?? 1;
  const run = await prepareRun({
    model,
    spec: { qkv: 'fused', kv: 'broadcast', order: CANONICAL },
    batch,
    nPos: tokenIds.length / batch,
    capture: 'standard',
    headInputs: 'shared',
    ...change,
  });
  await run.execute(tokenIds);
  const { hooks } = run.capture;
  const read = await run.capture.read(hooks);
  run.destroy();
  return new Map(
    hooks.map((hook, at) => {
      const values = read[at]?.values ?? new Float32Array();
      return [hook, { shape: read[at]?.shape ?? [], bits: new Uint32Array(values.buffer) }];
    }),
  );
}

type Bits = Awaited<ReturnType<typeof bitsOf>>;

/** Names the first hook whose bits differ; hooks whose shapes differ by mode are left to the others. */
function firstDeparture(a: Bits, b: Bits): string | null {
  let compared = 0;
  for (const [hook, { bits }] of a) {
    const other = b.get(hook);
    if (!other || other.bits.length !== bits.length) continue;
    compared += 1;
    if (bits.some((word, i) => word !== other.bits[i])) return hook;
  }
  return compared > 20 ? null : `only ${compared} hooks were compared`;
}

/** A trained model, where it lies beside the project: real weights have what random ones lack, sharp attention above all. */
const STORIES = '../shared/checkpoints/stories260k';
if (!existsSync(STORIES)) console.info(`${STORIES} is absent: the contract is held on random models only`);

const MODELS = [
  ...SHAPES.map((shape) => ({
    name: shape.name,
    open: () => randomCheckpoint({ ...shape, nLayers: 2, dVocab: 509, dMlp: 53 }),
  })),
  ...(existsSync(STORIES) ? [{ name: 'stories260k', open: () => openCheckpoint(nodeFolder(STORIES)) }] : []),
];

describe.each(MODELS)('$name', ({ open }) => {
  let model: Model;
  let fused: Bits;
  beforeAll(async () => {
    model = await loadModel(gpu, await open());
    fused = await bitsOf(model, PROMPT);
  });
  afterAll(() => model.destroy());

  test('split = fused, heads sharing their input or each with its own', async () => {
    for (const headInputs of ['shared', 'materialised'] as const) {
      const spec = { qkv: 'split', kv: 'broadcast', order: CANONICAL } as const;
      expect(firstDeparture(fused, await bitsOf(model, PROMPT, { spec, headInputs }))).toBeNull();
    }
  });

  test('broadcast = repeat, in both modes', async () => {
    for (const qkv of ['fused', 'split'] as const) {
      const spec = { qkv, kv: 'repeat', order: CANONICAL } as const;
      expect(firstDeparture(fused, await bitsOf(model, PROMPT, { spec, headInputs: 'materialised' }))).toBeNull();
    }
  });

  test('captured = not captured', async () => {
    const logits = (await bitsOf(model, PROMPT, { capture: 'none' })).get('unembed.hook_out');
    expect(logits?.bits).toEqual(fused.get('unembed.hook_out')?.bits);
  });

  test.each([
    { family: 'register', rows: 2, workgroupPanels: 8, workgroupTiles: 2 },
    { family: 'quad', rows: 16, workgroupPanels: 4 },
    { family: 'quadPairs', rows: 32, workgroupPanels: 4 },
    { family: 'shared' },
  ] as const)('products of the $family family give the same bits', async (productPlan) => {
    expect(firstDeparture(fused, await bitsOf(model, PROMPT, { productPlan }))).toBeNull();
  });

  test('a batch of two = two batches of one', async () => {
    const other = PROMPT.map((id) => (id * 3 + 1) % 509);
    const both = await bitsOf(model, [...PROMPT, ...other], { batch: 2 });
    const second = await bitsOf(model, other);
    for (const [hook, { bits }] of both) {
      expect(bits.subarray(0, bits.length / 2), hook).toEqual(fused.get(hook)?.bits);
      expect(bits.subarray(bits.length / 2), hook).toEqual(second.get(hook)?.bits);
    }
  });

  test.each([1, 17])('a prefix of %i tokens = the longer prompt', async (length) => {
    const prefix = await bitsOf(model, PROMPT.slice(0, length));
    for (const [hook, { shape: rows, bits }] of prefix) {
      if (rows[0] !== length) continue; // scores and patterns are compared through z
      expect(bits, hook).toEqual(fused.get(hook)?.bits.subarray(0, bits.length));
    }
  });
});
