// Mixtral's experts in one tensor a matrix, as transformers 5 holds them, against the same numbers in tensors of their own.
import { beforeAll, expect, test } from 'vitest';
import { architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { testDevice } from '../../../test/support/gpu.ts';
import { memoryFolder } from '../../../test/support/memoryFolder.ts';
import { randomOf } from '../../../test/support/randomModel.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { type WritableTensor, writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { readReferenceWeights } from '../reference/loadWeights.ts';
import { widenToF32 } from '../tensor/bits.ts';
import { type LoadOptions, loadModel } from './loadModel.ts';
import { prepareRun } from './prepareRun.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const { config } = architectureFixture('mixtral');
const COUNT = 66; // gate, up and down of each: more layouts out of one piece than a lane has room for at a time
const CONFIG = { ...config, num_local_experts: COUNT, hidden_size: 20, intermediate_size: 12, num_hidden_layers: 1 };

/** The same checkpoint with its experts stacked. */
async function stacked(checkpoint: Checkpoint): Promise<Checkpoint> {
  const read = new Map<string, WritableTensor>();
  for (const { name, source, shape, byteOffset, byteLength, dtype } of checkpoint.tensors.values()) {
    read.set(name, { shape, values: widenToF32(await source.read(byteOffset, byteLength), dtype) });
  }
  const valuesOf = (name: string) => read.get(`${name}.weight`)?.values ?? [];
  const tensors = new Map([...read].filter(([name]) => !name.includes('block_sparse_moe')));
  for (const layer of Array.from({ length: CONFIG.num_hidden_layers }, (_, at) => `model.layers.${at}`)) {
    const of = (...parts: readonly string[]) =>
      Float32Array.from({ length: COUNT }, (_, expert) => expert).reduce<number[]>((all, expert) => {
        for (const part of parts) all.push(...valuesOf(`${layer}.block_sparse_moe.experts.${expert}.${part}`));
        return all;
      }, []);
    const [d, dMlp] = [CONFIG.hidden_size, CONFIG.intermediate_size];
    const gate = Float32Array.from(valuesOf(`${layer}.block_sparse_moe.gate`));
    tensors.set(`${layer}.mlp.gate.weight`, { shape: [COUNT, d], values: gate });
    const gateUp = { shape: [COUNT, 2 * dMlp, d], values: Float32Array.from(of('w1', 'w3')) };
    tensors.set(`${layer}.mlp.experts.gate_up_proj`, gateUp);
    tensors.set(`${layer}.mlp.experts.down_proj`, { shape: [COUNT, d, dMlp], values: Float32Array.from(of('w2')) });
  }
  return openCheckpoint(memoryFolder({ 'config.json': CONFIG, 'model.safetensors': writeSafetensors(tensors) }));
}

async function logitsOf(checkpoint: Checkpoint, layout: LoadOptions['layout']): Promise<Float32Array | undefined> {
  const model = await loadModel(gpu, checkpoint, layout && { layout });
  const spec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const run = await prepareRun({ model, spec, batch: 1, nPos: 2, capture: 'none', headInputs: 'shared' });
  await run.execute([1, 200]);
  const [logits] = await run.capture.read(['unembed.hook_out']);
  run.destroy();
  model.destroy();
  return logits?.values;
}

test('stacked experts are the same weights, and give the same bits, whoever lays them out', async () => {
  const apart = await randomOf(CONFIG);
  const together = await stacked(apart);
  expect(await readReferenceWeights(together)).toEqual(await readReferenceWeights(apart));
  const logits = await logitsOf(apart, 'host');
  expect(logits?.every(Number.isFinite)).toBe(true);
  expect(await logitsOf(together, 'gpu')).toEqual(logits);
});
