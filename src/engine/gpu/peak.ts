// The adapter's peak: a loop of multiply-adds (peak.wgsl), the best of its shapes and of several runs of each. All shares that are told are
// shares of it. Why this loop and no other: docs/decisions/009-peak.md.
import type { Gpu } from './device.ts';
import peakCode from './peak.wgsl?raw';

const WORKGROUP = 64;
const MULTIPLY_ADDS_PER_STEP = { two_chains: 16 * 4, four_chains: 16 * 4, plain_loop: 4 * 4 }; // steps written out × chains, and components
const STEPS = 64;
const TARGET_MS = 150; // long enough that submitting and waiting do not count
const MOST_INVOCATIONS = 1 << 21; // 2¹⁵ workgroups, under WebGPU's guaranteed 65,535 in a dimension

const COPY_DST = 0x8;
const UNIFORM = 0x40;
const STORAGE = 0x80;

export const PEAK_SHAPES = ['two_chains', 'four_chains'] as const;

export type Peak = { readonly gflops: number; readonly shape: (typeof PEAK_SHAPES)[number] };

/** Measures the peak in GFLOP/s, a multiply-add counted as two, and tells the shape of the loop that reached it. `runs` of each shape. */
export async function measurePeak({ device }: Gpu, runs = 8): Promise<Peak> {
  const peaks: Peak[] = [];
  for (const shape of PEAK_SHAPES) peaks.push({ shape, gflops: await measureShape(device, shape, runs) });
  return peaks.reduce(higher);
}

/**
 * Measures the plain loop in GFLOP/s: multiply-adds of which none is written out beyond the first. Far below the peak where a turn of a
 * loop costs as much as what stands in it; told beside the peak, since shares are often told of such a loop.
 */
export function measurePlainLoop({ device }: Gpu, runs = 8): Promise<number> {
  return measureShape(device, 'plain_loop', runs);
}

/** The higher of two peaks; of equals, the first. */
export function higher(one: Peak, other: Peak): Peak {
  return other.gflops > one.gflops ? other : one;
}

async function measureShape(
  device: GPUDevice,
  entryPoint: keyof typeof MULTIPLY_ADDS_PER_STEP,
  runs: number,
): Promise<number> {
  const module = device.createShaderModule({ label: 'peak', code: peakCode });
  const compute = { module, entryPoint, constants: { STEPS } };
  const pipeline = await device.createComputePipelineAsync({ label: entryPoint, layout: 'auto', compute });
  let invocations = 1 << 14;
  let elapsedMs = await timeOnce(device, pipeline, invocations);
  while (elapsedMs < TARGET_MS && invocations < MOST_INVOCATIONS) {
    invocations *= 2;
    elapsedMs = await timeOnce(device, pipeline, invocations);
  }
  for (let run = 0; run < runs; run++) elapsedMs = Math.min(elapsedMs, await timeOnce(device, pipeline, invocations));
  return (2 * MULTIPLY_ADDS_PER_STEP[entryPoint] * STEPS * invocations) / elapsedMs / 1e6;
}

async function timeOnce(device: GPUDevice, pipeline: GPUComputePipeline, invocations: number): Promise<number> {
  const dims = device.createBuffer({ label: 'dims', size: 16, usage: UNIFORM | COPY_DST });
  const sums = device.createBuffer({ label: 'sums', size: invocations * 16, usage: STORAGE });
  device.queue.writeBuffer(dims, 0, Float32Array.of(0.999, 0.001, 0, 0)); // settles at 1: no denormals, no infinities
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [dims, sums].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindGroup = device.createBindGroup({ layout, entries });
  await device.queue.onSubmittedWorkDone();
  const encoder = device.createCommandEncoder({ label: 'peak' });
  const pass = encoder.beginComputePass({ label: 'peak' });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(invocations / WORKGROUP);
  pass.end();
  const startMs = performance.now();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  const elapsedMs = performance.now() - startMs;
  dims.destroy();
  sums.destroy();
  return elapsedMs;
}
