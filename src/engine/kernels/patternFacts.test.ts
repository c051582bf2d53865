import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { seeded, vector } from '../../../test/support/kernels.ts';
import { structuralFacts } from '../analysis/facts.ts';
import { Capture } from '../capture/capture.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { blockHook, type HookName } from '../hooks/hookName.ts';
import { softmax } from '../reference/softmax.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Layer = { readonly scores: Float32Array<ArrayBuffer>; readonly pattern: Float32Array<ArrayBuffer> };

function layerOf(nHeads: number, nPos: number, seed: number): Layer {
  const scores = seeded(nHeads * nPos * nPos, seed, 4).map((score, i) =>
    i % nPos > Math.floor(i / nPos) % nPos ? Number.NEGATIVE_INFINITY : score,
  );
  return { scores, pattern: Float32Array.from(softmax(Float64Array.from(scores), nPos)) };
}

async function captureOf(layers: readonly Layer[], shape: readonly number[]): Promise<Capture> {
  const tensors = new Map<HookName, GpuTensor>();
  for (const [layer, { scores, pattern }] of layers.entries()) {
    for (const [name, values] of [
      ['attn.hook_attn_scores', scores],
      ['attn.hook_pattern', pattern],
    ] as const) {
      const [slot] = vector(name, values);
      await gpu.allocate([slot]);
      gpu.device.queue.writeBuffer(slot.buffer, 0, values);
      const [, nPos = 0] = shape;
      tensors.set(blockHook(layer, name), { label: name, slot, shape, strides: [nPos * nPos, nPos, 1], offset: 0 });
    }
  }
  return new Capture(gpu, tensors);
}

describe.each([
  { nHeads: 3, nPos: 15 },
  { nHeads: 1, nPos: 1 },
  { nHeads: 2, nPos: 64 },
  { nHeads: 2, nPos: 65 },
  { nHeads: 2, nPos: 131 },
])('$nHeads heads, $nPos positions', ({ nHeads, nPos }) => {
  const shape = [nHeads, nPos, nPos];
  const layers = [layerOf(nHeads, nPos, 3), layerOf(nHeads, nPos, 13)];

  test('rows of a softmax sum to one, and its masked keys are zero', async () => {
    const facts = await structuralFacts(await captureOf(layers, shape), {
      split: false,
      repeated: false,
      nKeyValueHeads: 1,
    });
    expect(facts.map(({ id, holds }) => [id, holds])).toEqual([
      ['rows-sum-to-one', true],
      ['masked-keys-are-zero', true],
    ]);
    expect(facts[1]?.detail).toContain(`0 of ${nHeads * nPos * (nPos - 1)} masked keys`);
  });
});

test('a row that does not sum to one and a masked key that is not zero are found', async () => {
  const layer = layerOf(2, 9, 5);
  layer.pattern[9 * 9 + 4 * 9 + 2] = (layer.pattern[9 * 9 + 4 * 9 + 2] ?? 0) + 2e-5;
  layer.pattern[8] = -0; // a masked key: its bits are not 0
  const facts = await structuralFacts(await captureOf([layer], [2, 9, 9]), {
    split: false,
    repeated: false,
    nKeyValueHeads: 1,
  });
  expect(facts.map(({ holds }) => holds)).toEqual([false, false]);
  expect(facts[0]?.detail).toContain('2.0e-5 over 18 rows');
  expect(facts[1]?.detail).toContain('1 of 72 masked keys');
});
