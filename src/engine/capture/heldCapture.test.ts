// Captures in memory answer as captures on the GPU do.
import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Activation } from './captured.ts';
import { HeldCapture } from './heldCapture.ts';
import { UploadedCapture } from './uploadedCapture.ts';

const PATTERN: HookName = 'blocks.0.attn.hook_pattern';
const ACTIVATIONS = new Map<HookName, Activation>([
  ['hook_embed', { shape: [3, 4], values: Float32Array.from({ length: 12 }, (_, i) => i) }],
  [PATTERN, { shape: [2, 3, 3], values: Float32Array.from({ length: 18 }, (_, i) => -i) }],
]);

test('hooks, shapes, bytes and values are those of the same activations on the GPU', async () => {
  const held = new HeldCapture(ACTIVATIONS);
  const uploaded = await UploadedCapture.make(gpuOf(await testDevice()), ACTIVATIONS);
  const { capture } = uploaded;
  expect(held.hooks).toEqual(capture.hooks);
  expect(held.storedBytes).toBe(capture.storedBytes);
  expect(held.shapeOf(PATTERN)).toEqual(capture.shapeOf(PATTERN));
  expect(await held.read(held.hooks)).toEqual(await capture.read(held.hooks));
  for (const axis of [0, 1, 2]) {
    expect(await held.readSlice(PATTERN, axis, 1)).toEqual(await capture.readSlice(PATTERN, axis, 1));
  }
  const places = [[1], [0, 2], [1, 0, 2], []];
  expect(await held.readAt(PATTERN, places)).toEqual(await capture.readAt(PATTERN, places));
  uploaded.destroy();
});

test('what was not captured is refused by name, and an index past the end too', async () => {
  const held = new HeldCapture(ACTIVATIONS);
  await expect(held.read(['hook_pos_embed'])).rejects.toThrow('hook_pos_embed was not captured');
  await expect(held.readSlice(PATTERN, 0, 2)).rejects.toThrow('no index 2 on axis 0');
});

test('what is read is a copy: it may be handed to another thread', async () => {
  const held = new HeldCapture(ACTIVATIONS);
  const [read] = await held.read([PATTERN]);
  expect(read?.values).not.toBe(held.get(PATTERN)?.values);
});
