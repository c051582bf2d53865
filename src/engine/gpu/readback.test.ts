import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { type Gpu, gpuOf } from './device.ts';
import { BufferSlot, type GpuTensor } from './gpuTensor.ts';
import { Readback } from './readback.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

/** Two rows of three, padded to four, each shared by two heads: [2, 2, 3]; and its second row alone. */
function sharedByHeads(slot: BufferSlot): GpuTensor[] {
  return [
    { label: 'both', slot, shape: [2, 2, 3], strides: [4, 0, 1], offset: 0 },
    { label: 'second', slot, shape: [3], strides: [1], offset: 4 },
  ];
}

async function write(slot: BufferSlot, readback: Readback, values: readonly number[]): Promise<void> {
  gpu.device.queue.writeBuffer(slot.buffer, 0, Float32Array.from(values));
  const encoder = gpu.device.createCommandEncoder();
  readback.encode(encoder);
  gpu.device.queue.submit([encoder.finish()]);
}

test('a repeated readback fills the arrays that it is given, padding left out and shared rows written out', async () => {
  const slot = new BufferSlot('rows', 32);
  await gpu.allocate([slot]);
  const readback = await Readback.make(gpu, sharedByHeads(slot));
  const arrays = readback.makeArrays();
  for (const first of [1, 10]) {
    const row = [first, first + 1, first + 2];
    const next = row.map((value) => value + 100);
    await write(slot, readback, [...row, Number.NaN, ...next, Number.NaN]);
    expect(await readback.read(arrays)).toBe(arrays);
    expect(arrays.map((array) => [...array])).toEqual([[...row, ...row, ...next, ...next], next]);
  }
  await write(slot, readback, [1, 2, 3, 0, 4, 5, 6, 0]);
  const fresh = await readback.read();
  expect(fresh).not.toBe(arrays);
  expect([...(fresh[1] ?? [])]).toEqual([4, 5, 6]);
  readback.destroy();
  slot.destroy();
});

test('arrays of another size are refused by name before anything is mapped', async () => {
  const slot = new BufferSlot('rows', 32);
  await gpu.allocate([slot]);
  const readback = await Readback.make(gpu, sharedByHeads(slot));
  await write(slot, readback, [1, 2, 3, 0, 4, 5, 6, 0]);
  await expect(readback.read([new Float32Array(12)])).rejects.toThrow(
    'internal: second has 3 elements, and the array that is to take them 0',
  );
  expect([...((await readback.read())[0] ?? [])]).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
  readback.destroy();
  slot.destroy();
});
