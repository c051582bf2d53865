// The adapter's peak: a loop of multiply-adds (`peak.wgsl`), the best of its shapes and of several runs of each. All shares in the bench
// are shares of it.
import peakCode from './peak.wgsl?raw';

const WORKGROUP = 64;
const MULTIPLY_ADDS_PER_STEP = 16 * 4; // steps written out × chains, and components
const STEPS = 64;
const TARGET_MS = 150; // long enough that submitting and waiting do not count
const RUNS = 8;

export const PEAK_SHAPES = ['two_chains', 'four_chains'] as const;

export type Peak = { readonly gflops: number; readonly shape: (typeof PEAK_SHAPES)[number] };

/** Measures the peak in GFLOP/s, a multiply-add counted as two, and tells the shape of the loop that reached it. */
export async function measurePeak(device: GPUDevice): Promise<Peak> {
  const peaks: Peak[] = [];
  for (const shape of PEAK_SHAPES) peaks.push({ shape, gflops: await measureShape(device, shape) });
  return peaks.reduce(higher);
}

/** The higher of two peaks; of equals, the first. */
export function higher(one: Peak, other: Peak): Peak {
  return other.gflops > one.gflops ? other : one;
}

async function measureShape(device: GPUDevice, entryPoint: Peak['shape']): Promise<number> {
  const module = device.createShaderModule({ label: 'peak', code: peakCode });
  const compute = { module, entryPoint, constants: { STEPS } };
  const pipeline = await device.createComputePipelineAsync({ label: entryPoint, layout: 'auto', compute });
  let invocations = 1 << 14;
  let elapsedMs = await timeOnce(device, pipeline, invocations);
  while (elapsedMs < TARGET_MS && invocations < 1 << 21) {
    invocations *= 2;
    elapsedMs = await timeOnce(device, pipeline, invocations);
  }
  for (let run = 0; run < RUNS; run++) elapsedMs = Math.min(elapsedMs, await timeOnce(device, pipeline, invocations));
  return (2 * MULTIPLY_ADDS_PER_STEP * STEPS * invocations) / elapsedMs / 1e6;
}

async function timeOnce(device: GPUDevice, pipeline: GPUComputePipeline, invocations: number): Promise<number> {
  const dims = device.createBuffer({
    label: 'dims',
    size: 16,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const sums = device.createBuffer({ label: 'sums', size: invocations * 16, usage: GPUBufferUsage.STORAGE });
  device.queue.writeBuffer(dims, 0, Float32Array.of(0.999, 0.001, 0, 0)); // settles at 1: no denormals, no infinities
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [dims, sums].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindGroup = device.createBindGroup({ layout, entries });
  await device.queue.onSubmittedWorkDone();
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(invocations / WORKGROUP); // at most 2¹⁵, under WebGPU's guaranteed 65,535
  pass.end();
  const startMs = performance.now();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  const elapsedMs = performance.now() - startMs;
  dims.destroy();
  sums.destroy();
  return elapsedMs;
}
