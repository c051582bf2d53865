// Opens a GPU with the highest limits that it offers, and keeps what belongs to one device: pipelines, counters, loss.
// It is handed a GPU by its host (navigator.gpu, or Dawn in Node) and knows no transformer.
import { type GpuCounters, zeroCounters } from './counters.ts';
import { GpuError } from './gpuError.ts';
import { GpuMemory, largestSlots } from './gpuMemory.ts';
import type { BufferSlot } from './gpuTensor.ts';
import { PipelineCache } from './pipelineCache.ts';

export type AdapterDescription = {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
};

/** Limits that decide what fits; all are requested as high as the adapter offers. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxUniformBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** One open device. Whoever opened it closes it by `destroy`. */
export class Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly counters: GpuCounters = zeroCounters();
  readonly pipelines: PipelineCache;
  readonly memory = new GpuMemory();
  /** Resolves when the device is lost, with the reason; never rejects. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  #lost = false;

  constructor(device: GPUDevice, adapter: AdapterDescription) {
    this.device = device;
    this.adapter = adapter;
    this.pipelines = new PipelineCache(device, this.counters);
    this.lost = device.lost.then((info) => {
      this.#lost = true;
      return { reason: info.reason, message: info.message };
    });
  }

  get isLost(): boolean {
    return this.#lost;
  }

  limit(name: (typeof WANTED_LIMITS)[number]): number {
    return this.device.limits[name];
  }

  /** Throws a `limit` error that names the buffer, its need and the device's limit. */
  checkFits(slot: BufferSlot): void {
    const limit = Math.min(this.limit('maxBufferSize'), this.limit('maxStorageBufferBindingSize'));
    if (slot.byteLength <= limit) return;
    throw new GpuError(
      'limit',
      `${slot.label} needs a buffer of ${slot.byteLength} bytes, and this GPU binds at most ${limit}. Use a shorter prompt or a smaller model.`,
    );
  }

  /** Allocates every slot that is not allocated yet; throws `out-of-memory` naming the bytes, having freed what it got. */
  async allocate(slots: readonly BufferSlot[]): Promise<void> {
    const wanted = [...new Set(slots)].filter((slot) => !slot.allocated);
    for (const slot of wanted) this.checkFits(slot);
    this.memory.checkBudget(wanted);
    this.device.pushErrorScope('out-of-memory');
    for (const slot of wanted) {
      const buffer = this.device.createBuffer({ label: slot.label, size: slot.byteLength, usage: usageOf(slot) });
      slot.fill(buffer, this.memory.take(slot.byteLength));
      this.counters.bufferAllocations += 1;
      this.counters.allocatedBytes += slot.byteLength;
    }
    const error = await this.device.popErrorScope();
    if (!error) return;
    for (const slot of wanted) slot.destroy();
    const bytes = wanted.reduce((sum, slot) => sum + slot.byteLength, 0);
    throw new GpuError(
      'out-of-memory',
      `The GPU has no room for ${bytes} bytes in ${wanted.length} buffers (largest first: ${largestSlots(wanted)}). ` +
        `Use a shorter prompt, capture fewer hooks, or close other tabs that use the GPU. (${error.message})`,
    );
  }

  /** Writes words to the start of a slot, in queue order before whatever is submitted next. */
  write(slot: BufferSlot, words: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(slot.buffer, 0, words);
    this.counters.uploadedBytes += words.byteLength;
  }

  /** Submits what was encoded, and does not wait. */
  submit(encoder: GPUCommandEncoder): void {
    this.device.queue.submit([encoder.finish()]);
    this.counters.submits += 1;
  }

  destroy(): void {
    this.device.destroy();
  }
}

function usageOf(slot: BufferSlot): number {
  // The flags' values are the specification's; the engine does not reach for the host's globals.
  const MAP_READ = 0x1;
  const COPY_SRC = 0x4;
  const COPY_DST = 0x8;
  const UNIFORM = 0x40;
  const STORAGE = 0x80;
  if (slot.use === 'staging') return MAP_READ | COPY_DST;
  return slot.use === 'uniform' ? UNIFORM | COPY_DST : STORAGE | COPY_SRC | COPY_DST;
}

/** Opens the host's GPU. Throws `no-adapter` where the host has none. */
export async function openGpu(gpu: GPU): Promise<Gpu> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new GpuError(
      'no-adapter',
      'WebGPU is there, but it found no GPU adapter. Are graphics drivers installed and not blocked?',
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const name of WANTED_LIMITS) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ label: 'splitscope', requiredLimits, requiredFeatures });
  return gpuOf(device);
}

/** Takes a device that the host has opened already. */
export function gpuOf(device: GPUDevice): Gpu {
  const { vendor, architecture, description } = device.adapterInfo;
  return new Gpu(device, {
    vendor,
    architecture,
    description,
    isSoftware: /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description} ${vendor}`),
    features: [...device.features].sort(),
    limits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, device.limits[name]])),
  });
}
