import { expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../../gpu/device.ts';
import { loadModel } from '../../model/loadModel.ts';
import { readReferenceWeights } from '../../reference/loadWeights.ts';
import { DEFAULT_RUN_SPEC } from '../runSpec.ts';
import { batchProbe } from './batchProbe.ts';
import { einsumProblem } from './einsumShapes.ts';
import { transformerLens114 } from './transformerLens114.ts';

const IDS = [0, 631, 523, 269, 521, 323, 262, 260];

async function open(name: string) {
  const checkpoint = await openCheckpoint(nodeFolder(`public/models/${name}`));
  return { checkpoint, model: await loadModel(gpuOf(await testDevice()), checkpoint) };
}

test('1.14’s k einsum on 32 heads over 8 fails with the very message of #519', () => {
  const equation = 'batch pos kv_head_index d_model, kv_head_index d_model d_head -> batch pos kv_head_index d_head';
  const shapes = [
    [1, 10, 32, 4096],
    [8, 4096, 128],
  ];
  expect(einsumProblem(equation, shapes)).toBe(
    'einsum(): subscript k has size 8 for operand 1 which does not broadcast with previously seen size 32',
  );
  expect(einsumProblem(equation, [[1, 10, 8, 4096], shapes[1] ?? []])).toBeNull();
});

test('on the demo model 1.14 crashes over k, and its q is n_heads times ours', async () => {
  const { checkpoint, model } = await open('demo-gqa');
  const probe = await transformerLens114(model, await readReferenceWeights(checkpoint), IDS);
  expect(probe.crash).toContain(
    'subscript k has size 2 for operand 1 which does not broadcast with previously seen size 8',
  );
  expect(probe.fold).toBeCloseTo(8, 5);
  expect(probe.qError).toBeGreaterThan(1);
  expect(probe.kInput).toEqual([IDS.length, 2, 128]);
  model.destroy();
});

test('a batch of three has the bits of three batches of one; in a sum split by K too', async () => {
  const { model } = await open('demo-gqa');
  for (const order of ['canonical', 'splitK(4)'] as const) {
    const probe = await batchProbe(model, { ...DEFAULT_RUN_SPEC, order }, IDS);
    expect(probe).toMatchObject({ prompts: 3, hooks: 85, differing: 0 });
    expect(probe.elements).toBeGreaterThan(100_000);
  }
  model.destroy();
});
