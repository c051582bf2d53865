// What must hold for models that do not fit: streamed = resident, a table in parts = whole, some logits = all logits, 0 ULP.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import { type LoadOptions, loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { prepareRun, type RunRequest } from './prepareRun.ts';

const PROMPT = Array.from({ length: 9 }, (_, i) => (i * 131 + 508) % 509);
const SHAPES = [
  { name: 'grouped heads, no bias', dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 5, dVocab: 509, dMlp: 190 },
  { name: 'biases everywhere, b_U too', dHead: 11, nHeads: 6, nKeyValueHeads: 3, nLayers: 4, dVocab: 509, dMlp: 203 },
] as const;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});
afterEach(() => {
  gpu.memory.budgetBytes = null;
});

type Bits = ReadonlyMap<HookName, { readonly shape: readonly number[]; readonly bits: Uint32Array }>;

async function bitsOf(model: Model, change: Partial<RunRequest> = {}): Promise<Bits> {
  const spec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const request = { model, spec, batch: 1, nPos: PROMPT.length, capture: 'standard', headInputs: 'shared' } as const;
  const run = await prepareRun({ ...request, ...change });
  await run.execute(PROMPT.slice(0, run.request.batch * run.request.nPos));
  const read = await run.capture.read(run.capture.hooks);
  const bits = run.capture.hooks.map((hook, at) => {
    const { shape, values } = read[at] ?? { shape: [], values: new Float32Array() };
    return [hook, { shape, bits: new Uint32Array(values.buffer) }] as const;
  });
  run.destroy();
  return new Map(bits);
}

/** Loads within a budget that leaves so many bytes beside what streaming needs at least, as its own error tells it. */
async function loadTight(checkpoint: Checkpoint, beside: number): Promise<Model> {
  gpu.memory.budgetBytes = gpu.memory.liveBytes + 1;
  const why = await loadModel(gpu, checkpoint).then(
    () => '',
    (error: unknown) => String(error),
  );
  const least = Number(/more than (\d+)/.exec(why)?.[1]);
  gpu.memory.budgetBytes = least + beside;
  return loadModel(gpu, checkpoint);
}

async function withModel<T>(
  checkpoint: Checkpoint,
  options: LoadOptions,
  use: (model: Model) => Promise<T>,
): Promise<T> {
  const model = await loadModel(gpu, checkpoint, options);
  return use(model).finally(() => model.destroy());
}

describe.each(SHAPES)('$name', (shape) => {
  test('streamed = resident at every hook, in both modes, run after run', async () => {
    const checkpoint = await randomCheckpoint(shape);
    const resident = await withModel(checkpoint, {}, (model) => bitsOf(model));
    const model = await loadTight(checkpoint, 0);
    gpu.memory.budgetBytes = null; // captures are not what is tried here
    expect(model.stream).not.toBeNull();
    expect(model.weights.blocks[2]?.o.W.slot).toBe(model.weights.blocks[0]?.o.W.slot);
    expect(await bitsOf(model)).toEqual(resident);
    const split = await bitsOf(model, { spec: { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } });
    for (const hook of ['blocks.3.attn.hook_q', 'blocks.3.attn.hook_z', 'unembed.hook_out'] as const) {
      expect(split.get(hook), hook).toEqual(resident.get(hook));
    }
    expect(await bitsOf(model, { capture: ['blocks.3.hook_resid_post'] })).toEqual(
      new Map((['blocks.3.hook_resid_post', 'unembed.hook_out'] as const).map((hook) => [hook, resident.get(hook)])),
    );
    model.destroy();
  });

  test('a table in many parts = the whole', async () => {
    const checkpoint = await randomCheckpoint(shape);
    const whole = await withModel(checkpoint, {}, (model) => bitsOf(model));
    await withModel(checkpoint, { partBytes: 9000 }, async (model) => {
      expect(model.weights.W_E.length).toBeGreaterThan(10);
      expect(model.weights.unembed.length).toBeGreaterThan(10);
      expect(Math.max(...model.weights.W_E.map(({ slot }) => slot.byteLength))).toBeLessThanOrEqual(9000);
      expect(await bitsOf(model)).toEqual(whole);
    });
  });

  test.each([
    ['last', [8]],
    [[0], [0]],
    [
      [1, 2, 3, 7],
      [1, 2, 3, 7],
    ],
  ] as const)('logits of %j are those rows of all', async (logits, positions) => {
    await withModel(await randomCheckpoint(shape), { partBytes: 60_000 }, async (model) => {
      const all = (await bitsOf(model)).get('unembed.hook_out');
      const some = (await bitsOf(model, { logits })).get('unembed.hook_out');
      expect(some?.shape).toEqual([positions.length, 509]);
      positions.forEach((position, at) => {
        const row = all?.bits.subarray(position * 509, (position + 1) * 509);
        expect(some?.bits.subarray(at * 509, (at + 1) * 509)).toEqual(row);
      });
    });
  });
});

test('blocks of different sizes are streamed as they are: layers 1 and 3 in bf16, the others in f32', async () => {
  const isBf16 = (name: string) => /layers\.[13]\.(self_attn|mlp)/.test(name);
  const checkpoint = await randomCheckpoint({ ...SHAPES[0], isBf16 });
  const resident = await withModel(checkpoint, {}, (model) => bitsOf(model));
  const model = await loadTight(checkpoint, 0);
  gpu.memory.budgetBytes = null;
  expect(model.stream).not.toBeNull();
  expect(new Set(model.weights.blocks.map(({ o }) => o.W.dtype))).toEqual(new Set(['f32', 'bf16']));
  expect(await bitsOf(model)).toEqual(resident);
  model.destroy();
});

test('blocks whose sizes alternate otherwise than the sets do are streamed as well', async () => {
  const checkpoint = await randomCheckpoint({
    ...SHAPES[0],
    isBf16: (name) => /layers\.2\.(self_attn|mlp)/.test(name),
  });
  const resident = await withModel(checkpoint, {}, (model) => bitsOf(model));
  const model = await loadTight(checkpoint, 0);
  gpu.memory.budgetBytes = null;
  const [first, , third, , fifth] = model.weights.blocks.map(({ o }) => o.W.slot);
  expect([third === first, fifth === first]).toEqual([false, true]); // a buffer of its own size beside its turn's
  expect(await bitsOf(model)).toEqual(resident);
  model.destroy();
});

test('the last logits of every prompt of a batch', async () => {
  await withModel(await randomCheckpoint(SHAPES[0]), {}, async (model) => {
    const all = (await bitsOf(model, { batch: 3, nPos: 3 })).get('unembed.hook_out');
    const last = (await bitsOf(model, { batch: 3, nPos: 3, logits: 'last' })).get('unembed.hook_out');
    expect(last?.shape).toEqual([3, 1, 509]);
    for (const prompt of [0, 1, 2]) {
      const row = all?.bits.subarray((prompt * 3 + 2) * 509, (prompt * 3 + 3) * 509);
      expect(last?.bits.subarray(prompt * 509, (prompt + 1) * 509)).toEqual(row);
    }
  });
});

test.each([[[]], [[9]], [[-1]], [[3, 3]], [[0.5]]])('logits of %j are refused', async (logits) => {
  await withModel(await randomCheckpoint(SHAPES[0]), {}, async (model) => {
    await expect(bitsOf(model, { logits })).rejects.toThrow('Logits were asked for at');
  });
});

test('a run holds no more than its memory plan says, and a plan beyond the budget names part, need and budget', async () => {
  const held = gpu.memory.liveBytes;
  const model = await loadTight(await randomCheckpoint(SHAPES[0]), 300_000);
  const spec = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const request = { model, spec, batch: 1, nPos: PROMPT.length, headInputs: 'shared' } as const;
  gpu.memory.resetPeak();
  const run = await prepareRun({ ...request, capture: ['blocks.4.attn.hook_z'], logits: 'last' });
  await run.execute(PROMPT);
  await run.capture.read(run.capture.hooks);
  const { memory } = run;
  expect(memory.total).toBe(memory.weights + memory.activations + memory.captures + memory.staging + memory.others);
  expect(memory).toMatchObject({ weights: model.gpuBytes, streamed: true, budget: gpu.memory.budgetBytes });
  expect(gpu.memory.peakBytes).toBeLessThanOrEqual(memory.total);
  expect(memory.total - gpu.memory.peakBytes).toBeLessThan(1000); // alignment
  run.destroy();
  await expect(prepareRun({ ...request, capture: 'standard' })).rejects.toThrow(
    /needs \d+ bytes .*on the GPU \(weights \d+, activations \d+, captures \d+, .*and the budget is \d+ bytes .*\. The largest part beside the weights is /,
  );
  model.destroy();
  expect(gpu.memory.liveBytes).toBe(held);
});

test('a source that fails while a block is streamed fails the run, and the next run is whole', async () => {
  const checkpoint = await randomCheckpoint(SHAPES[0]);
  let isBroken = false;
  const tensors = [...checkpoint.tensors].map(([name, entry]) => {
    const read: typeof entry.source.read = (...range) =>
      isBroken && name.includes('layers.3')
        ? Promise.reject(new Error('the drive was unplugged'))
        : entry.source.read(...range);
    return [name, { ...entry, source: { ...entry.source, read } }] as const;
  });
  const model = await loadTight({ ...checkpoint, tensors: new Map(tensors) }, 0);
  gpu.memory.budgetBytes = null;
  const before = await bitsOf(model);
  isBroken = true;
  await expect(bitsOf(model)).rejects.toThrow('the drive was unplugged');
  isBroken = false;
  expect(await bitsOf(model)).toEqual(before);
  model.destroy();
});
