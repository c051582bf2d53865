import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { type LoadOptions, loadModel } from './loadModel.ts';
import { prepareRun } from './prepareRun.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

/** 33 MB, of which one tensor is 16 MB: more than one piece, more pieces than lanes. */
const LARGE = { dHead: 16, nHeads: 8, nKeyValueHeads: 2, nLayers: 2, dVocab: 30_011, dMlp: 64 };

/** The checkpoint with every read told, answered after a moment that differs from read to read. */
function watched(checkpoint: Checkpoint, onRead: (bytes: number, underWay: number) => void): Checkpoint {
  let [underWay, count] = [0, 0];
  const tensors = [...checkpoint.tensors].map(([name, entry]) => {
    const { source } = entry;
    return [name, { ...entry, source: { ...source, read } }] as const;
    async function read(byteOffset: number, byteLength: number, signal?: AbortSignal) {
      underWay += 1;
      count += 1;
      onRead(byteLength, underWay);
      await new Promise((resolve) => setTimeout(resolve, (count * 7) % 5));
      underWay -= 1;
      return source.read(byteOffset, byteLength, signal);
    }
  });
  return { ...checkpoint, tensors: new Map(tensors) };
}

async function logitsOf(checkpoint: Checkpoint, options: LoadOptions = {}): Promise<Float32Array | undefined> {
  const model = await loadModel(gpu, checkpoint, options);
  const spec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const run = await prepareRun({ model, spec, batch: 1, nPos: 3, capture: 'none', headInputs: 'shared' });
  await run.execute([1, 29_000, 30_010]);
  const [logits] = await run.capture.read(['unembed.hook_out']);
  run.destroy();
  model.destroy();
  return logits?.values;
}

test('a checkpoint is read in pieces of a few MB, several at a time, and progress counts every byte', async () => {
  const checkpoint = await randomCheckpoint(LARGE);
  const reads: { bytes: number; underWay: number }[] = [];
  const progress: number[] = [];
  const model = await loadModel(
    gpu,
    watched(checkpoint, (bytes, underWay) => reads.push({ bytes, underWay })),
    {
      onProgress: (done, total) => {
        progress.push(done);
        expect(total).toBe(checkpoint.byteLength);
      },
    },
  );
  model.destroy();
  const largest = Math.max(...reads.map(({ bytes }) => bytes));
  expect(largest).toBeLessThanOrEqual(4 << 20);
  expect(largest).toBeGreaterThan(3 << 20);
  expect(Math.max(...reads.map(({ underWay }) => underWay))).toBe(4);
  expect(reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(checkpoint.byteLength);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(checkpoint.byteLength);
});

test('the order in which pieces arrive changes no bit', async () => {
  const checkpoint = await randomCheckpoint(LARGE);
  const logits = await logitsOf(checkpoint);
  expect(logits?.some((x) => x !== 0 && Number.isFinite(x))).toBe(true);
  expect(await logitsOf(watched(checkpoint, () => {}))).toEqual(logits);
});

test('laid out by the host or by the GPU, the weights have the same bits', async () => {
  for (const shape of [LARGE, { dHead: 11, nHeads: 6, nKeyValueHeads: 3, nLayers: 2, dVocab: 30_011, dMlp: 53 }]) {
    const checkpoint = await randomCheckpoint(shape);
    const byGpu = await logitsOf(checkpoint, { layout: 'gpu' });
    expect(await logitsOf(checkpoint, { layout: 'host' })).toEqual(byGpu);
  }
});

test('a loaded model compiles nothing for its first run', async () => {
  const model = await loadModel(gpu, await randomCheckpoint({ ...LARGE, dVocab: 100 }));
  const before = gpu.counters.pipelinesCompiled;
  for (const qkv of ['fused', 'split'] as const) {
    const spec = { qkv, kv: 'broadcast', order: { kind: 'canonical' } } as const;
    (await prepareRun({ model, spec, batch: 1, nPos: 21, capture: 'standard', headInputs: 'shared' })).destroy();
  }
  model.destroy();
  expect(gpu.counters.pipelinesCompiled).toBe(before);
});

test('a source that fails, or a signal, ends the upload and gives back all memory', async () => {
  const checkpoint = await randomCheckpoint(LARGE);
  const held = gpu.memory.liveBytes;
  let reads = 0;
  const failing = watched(checkpoint, () => {
    reads += 1;
    if (reads === 3) throw new Error('the disk is gone');
  });
  await expect(loadModel(gpu, failing)).rejects.toThrow('the disk is gone');
  const controller = new AbortController();
  const stopped = loadModel(
    gpu,
    watched(checkpoint, () => controller.abort(new Error('another model'))),
    { signal: controller.signal },
  );
  await expect(stopped).rejects.toThrow('another model');
  expect(gpu.memory.liveBytes).toBe(held);
});
