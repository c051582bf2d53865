// A plan: every dispatch of a run, with its pipelines, buffers and bind groups made beforehand. Running it encodes one command
// buffer and submits it once; nothing is allocated, compiled or bound then.
import type { Gpu } from './device.ts';
import { BufferSlot } from './gpuTensor.ts';
import { type CompiledKernel, type Kernel, type Overrides, pipelineKey } from './pipelineCache.ts';

/** One field of a kernel's `dims`, in WGSL's order: u32 unless told to be f32. */
export type Dim = number | { readonly f32: number } | PositionDim;

/** A field that grows with the position at which a plan runs: base + perPosition · position. Another position is one write. */
export type PositionDim = { readonly base: number; readonly perPosition: number };

export type Dispatch = {
  readonly label: string; // what it makes: blocks.3.attn.hook_z
  readonly kernel: Kernel;
  readonly overrides: Overrides;
  readonly dims: readonly Dim[]; // fields left out at the end are 0
  readonly buffers: readonly BufferSlot[]; // of bindings 1…
  readonly workgroups: readonly [number, number, number];
  readonly multiplyAdds: number; // of products; 0 elsewhere
};

export type Prepared = {
  readonly dispatch: Dispatch;
  readonly compiled: CompiledKernel;
  readonly bindGroup: GPUBindGroup;
};

/** A dispatch's dims stand at multiples of this in the plan's one uniform buffer; 256 is WebGPU's largest required alignment. */
export const UNIFORM_ALIGNMENT = 256;

type Parts = {
  readonly owned: readonly BufferSlot[];
  readonly steps: readonly Prepared[];
  readonly uniforms: BufferSlot;
  readonly packed: ArrayBuffer;
};

type PlacedDim = { readonly byteOffset: number; readonly dim: PositionDim };

export class Plan {
  readonly #gpu: Gpu;
  readonly #owned: readonly BufferSlot[];
  readonly #steps: readonly Prepared[];
  readonly #uniforms: BufferSlot;
  readonly #packed: DataView<ArrayBuffer>; // what #uniforms holds
  readonly #moving: readonly PlacedDim[];

  private constructor(gpu: Gpu, { owned, steps, uniforms, packed }: Parts) {
    this.#gpu = gpu;
    this.#owned = owned;
    this.#steps = steps;
    this.#uniforms = uniforms;
    this.#packed = new DataView(packed);
    this.#moving = steps.flatMap(({ dispatch }, at) => movingDims(dispatch, at));
  }

  /**
   * Compiles, allocates and binds. `owned` are the slots that this plan allocates and frees; buffers of dispatches that are
   * not among them belong to others (weights) and must be allocated. Throws `limit`, `out-of-memory` or `internal`.
   */
  static async make(gpu: Gpu, dispatches: readonly Dispatch[], owned: readonly BufferSlot[]): Promise<Plan> {
    for (const dispatch of dispatches) checkWorkgroups(gpu, dispatch);
    const uniforms = dimsSlot(dispatches);
    const compiling = Promise.all(dispatches.map((d) => gpu.pipelines.compile(d.kernel, d.overrides)));
    const slots = [...owned, uniforms];
    const [compiled] = await Promise.all([compiling, gpu.allocate(slots)]);
    const packed = packDims(dispatches);
    gpu.device.queue.writeBuffer(uniforms.buffer, 0, packed);
    gpu.counters.uploadedBytes += packed.byteLength;
    const steps = dispatches.map((dispatch, at) => prepare(gpu, dispatch, compiled[at], uniforms, at));
    return new Plan(gpu, { owned: slots, steps, uniforms, packed });
  }

  /** Gives every field that grows with the position its value there, by one write; what is encoded later runs at it. */
  moveTo(position: number): void {
    if (this.#moving.length === 0) return;
    for (const { byteOffset, dim } of this.#moving) {
      this.#packed.setUint32(byteOffset, dim.base + dim.perPosition * position, true);
    }
    this.#gpu.device.queue.writeBuffer(this.#uniforms.buffer, 0, this.#packed.buffer);
    this.#gpu.counters.uploadedBytes += this.#packed.byteLength;
  }

  get dispatches(): readonly Dispatch[] {
    return this.#steps.map((step) => step.dispatch);
  }

  get multiplyAdds(): number {
    return this.#steps.reduce((sum, step) => sum + step.dispatch.multiplyAdds, 0);
  }

  get ownedBytes(): number {
    return this.#owned.reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  /** Encodes every dispatch into one compute pass; or those from `first` up to `end`. */
  encode(encoder: GPUCommandEncoder, first = 0, end = this.#steps.length): void {
    const pass = encoder.beginComputePass({ label: 'plan' });
    for (let at = first; at < end; at++) {
      const step = this.#steps[at];
      if (step) record(pass, step);
    }
    pass.end();
    this.#gpu.counters.dispatches += end - first;
  }

  /** Encodes some dispatches, by their places in the plan, into one compute pass. */
  encodeSome(encoder: GPUCommandEncoder, places: readonly number[]): void {
    const steps = places.flatMap((at) => this.#steps[at] ?? []);
    const pass = encoder.beginComputePass({ label: 'part of a plan' });
    for (const step of steps) record(pass, step);
    pass.end();
    this.#gpu.counters.dispatches += steps.length;
  }

  /** Encodes one dispatch into a pass of its own, for timestamps. */
  encodeStep(encoder: GPUCommandEncoder, at: number, timestampWrites: GPUComputePassTimestampWrites): void {
    const step = this.#steps[at];
    if (!step) return;
    const pass = encoder.beginComputePass({ label: step.dispatch.label, timestampWrites });
    record(pass, step);
    pass.end();
    this.#gpu.counters.dispatches += 1;
  }

  destroy(): void {
    for (const slot of this.#owned) slot.destroy();
  }
}

/** The bytes that a plan of these dispatches and slots will hold. */
export function planBytes(dispatches: readonly Dispatch[], owned: readonly BufferSlot[]): number {
  return [...new Set(owned), dimsSlot(dispatches)].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function dimsSlot(dispatches: readonly Dispatch[]): BufferSlot {
  return new BufferSlot('dims', dispatches.length * UNIFORM_ALIGNMENT, 'uniform');
}

/** Encodes one dispatch. */
export function record(pass: GPUComputePassEncoder, step: Prepared): void {
  pass.setPipeline(step.compiled.pipeline);
  pass.setBindGroup(0, step.bindGroup);
  pass.dispatchWorkgroups(...step.dispatch.workgroups);
}

/** Binds a dispatch whose dims stand at place `at` of the uniform buffer. */
export function prepare(
  gpu: Gpu,
  dispatch: Dispatch,
  compiled: CompiledKernel | undefined,
  uniforms: BufferSlot,
  at: number,
): Prepared {
  if (!compiled) throw new Error(`internal: ${pipelineKey(dispatch.kernel, dispatch.overrides)} was not compiled`);
  gpu.counters.bindGroups += 1;
  const bindGroup = gpu.device.createBindGroup({
    label: dispatch.label,
    layout: compiled.layout,
    entries: [
      { binding: 0, resource: { buffer: uniforms.buffer, offset: at * UNIFORM_ALIGNMENT, size: UNIFORM_ALIGNMENT } },
      ...dispatch.buffers.map((slot, index) => ({ binding: index + 1, resource: { buffer: slot.buffer } })),
    ],
  });
  return { dispatch, compiled, bindGroup };
}

function checkWorkgroups(gpu: Gpu, dispatch: Dispatch): void {
  const limit = gpu.limit('maxComputeWorkgroupsPerDimension');
  const most = Math.max(...dispatch.workgroups);
  if (most <= limit) return;
  throw new Error(
    `internal: ${dispatch.label} (${dispatch.kernel.name}) asks for ${dispatch.workgroups.join(' × ')} workgroups, at most ${limit} per dimension`,
  );
}

function movingDims({ dims }: Dispatch, at: number): PlacedDim[] {
  return dims.flatMap((dim, field) => {
    if (typeof dim === 'number' || 'f32' in dim) return [];
    return [{ byteOffset: at * UNIFORM_ALIGNMENT + field * 4, dim }];
  });
}

/** The dims of dispatches as their kernels read them, each at a place of its own; at position 0. */
export function packDims(dispatches: readonly Dispatch[]): ArrayBuffer {
  const packed = new ArrayBuffer(dispatches.length * UNIFORM_ALIGNMENT);
  const view = new DataView(packed);
  dispatches.forEach((dispatch, at) => {
    dispatch.dims.forEach((dim, field) => {
      const byteOffset = at * UNIFORM_ALIGNMENT + field * 4;
      if (typeof dim === 'number') view.setUint32(byteOffset, dim, true);
      else if ('f32' in dim) view.setFloat32(byteOffset, dim.f32, true);
      else view.setUint32(byteOffset, dim.base, true);
    });
  });
  return packed;
}
