import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { gpuOf } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { readTensors } from '../gpu/readback.ts';
import { activationOf } from '../reference/activation.ts';
import { SMALLEST_NORMAL } from '../tensor/tolerances.ts';
import { ulpOf } from '../tensor/ulp.ts';
import { activation } from './elementwise.ts';

/** Around 0, through the range where things happen, and far beyond where exp overflows and the adapter's own tanh is NaN. */
const SWEEP = Float32Array.from([
  ...Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100),
  ...[0, -0, 1e-30, -1e-30, 1e-6, -1e-6, 88, -88, 89, -89, 1e4, -1e4, 3e38, -3e38],
]);

async function onGpu(name: Parameters<typeof activation>[0]['activation']): Promise<Float32Array> {
  const gpu = gpuOf(await testDevice());
  const tensor = (label: string): GpuTensor => {
    const slot = new BufferSlot(label, SWEEP.byteLength);
    return { label, slot, shape: [SWEEP.length], strides: [1], offset: 0 };
  };
  const [pre, post] = [tensor('pre'), tensor('post')];
  const dispatch = activation({ pre, preLinear: null, post, elements: SWEEP.length, activation: name });
  const plan = await Plan.make(gpu, [dispatch], [pre.slot, post.slot]);
  gpu.device.queue.writeBuffer(pre.slot.buffer, 0, SWEEP);
  const encoder = gpu.device.createCommandEncoder();
  plan.encode(encoder);
  gpu.device.queue.submit([encoder.finish()]);
  const [result = new Float32Array()] = await readTensors(gpu, [post]);
  plan.destroy();
  return result;
}

// 1 + erf and 1 + tanh lose what they cancel where x is far below 0, in every f32 implementation: half an ULP of 1, times x/2.
const lostByCancelling = (x: number): number => Math.abs(x) * 2 ** -24 * 2;

// e^−|x| below the normal range flushes to 0 (NUMERICS), which silu multiplies by x; past 104 it is 0 in truth too.
const flushed = (x: number): number => (1 + Math.min(Math.abs(x), 104)) * SMALLEST_NORMAL;

test.each(['silu', 'gelu', 'gelu_tanh', 'relu'] as const)(
  '%s is within 8 ULP, but for what 1 + erf cancels, and never NaN',
  async (name) => {
    const result = await onGpu(name);
    const wrong: string[] = [];
    SWEEP.forEach((x, i) => {
      const truth = activationOf(name, x);
      const cancels = name.startsWith('gelu') && x < 0 ? lostByCancelling(x) : 0;
      const allowed = 8 * ulpOf(truth) + cancels + flushed(x);
      if (!(Math.abs((result[i] ?? Number.NaN) - truth) <= allowed))
        wrong.push(`${name}(${x}) = ${result[i]}, expected ${truth}`);
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  },
);
