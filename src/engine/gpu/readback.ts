// Reads tensors back: one staging buffer and one map for any number of them. Strides (padded rows, shared heads) are undone here.
import { elementCount } from '../tensor/shape.ts';
import type { Gpu } from './device.ts';
import { GpuError } from './gpuError.ts';
import { BufferSlot, type GpuTensor } from './gpuTensor.ts';

type Placement = {
  readonly tensor: GpuTensor;
  readonly slotOffset: number;
  readonly byteOffset: number;
  readonly byteLength: number;
};

const COPY_ALIGNMENT = 4;
const MAP_MODE_READ = 0x1;

/** Copies tensors off the GPU, each dense and row-major in the order given. Throws `device-lost` or `out-of-memory`. */
export async function readTensors(gpu: Gpu, tensors: readonly GpuTensor[]): Promise<Float32Array<ArrayBuffer>[]> {
  const readback = await Readback.make(gpu, tensors);
  try {
    const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
    readback.encode(encoder);
    gpu.submit(encoder);
    return await readback.read();
  } finally {
    readback.destroy();
  }
}

/** A planned readback: its staging buffer is kept, so that a repeated run allocates nothing. */
export class Readback {
  readonly #gpu: Gpu;
  readonly #staging: BufferSlot;
  readonly #placements: readonly Placement[];

  private constructor(gpu: Gpu, staging: BufferSlot, placements: readonly Placement[]) {
    this.#gpu = gpu;
    this.#staging = staging;
    this.#placements = placements;
  }

  static async make(gpu: Gpu, tensors: readonly GpuTensor[]): Promise<Readback> {
    const { staging, placements } = place(tensors);
    await gpu.allocate([staging]);
    return new Readback(gpu, staging, placements);
  }

  get byteLength(): number {
    return this.#staging.byteLength;
  }

  encode(encoder: GPUCommandEncoder): void {
    for (const { tensor, slotOffset, byteOffset, byteLength } of this.#placements) {
      if (byteLength === 0) continue;
      encoder.copyBufferToBuffer(tensor.slot.buffer, slotOffset, this.#staging.buffer, byteOffset, byteLength);
    }
  }

  /** Arrays for what is read, one per tensor, zeros. Whoever reads again and again makes them once: see `read`. */
  makeArrays(): Float32Array<ArrayBuffer>[] {
    return this.#placements.map(({ tensor }) => new Float32Array(elementCount(tensor.shape)));
  }

  /**
   * Waits for the copies and fills `into`, dense arrays, one per tensor; left out: new ones. Memory that is touched for the first time
   * costs several times the copy itself (docs/decisions/012), so a repeated readback passes arrays that it has done with.
   */
  async read(into = this.makeArrays()): Promise<Float32Array<ArrayBuffer>[]> {
    this.#placements.forEach(({ tensor }, at) => {
      checkSize(tensor, into[at]);
    });
    const buffer = this.#staging.buffer;
    try {
      await buffer.mapAsync(MAP_MODE_READ);
    } catch (cause) {
      throw new GpuError('device-lost', 'The GPU was lost while its results were read back.', { cause });
    }
    const mapped = buffer.getMappedRange();
    into.forEach((out, at) => {
      const placement = this.#placements[at];
      if (placement)
        copyDense(out, new Float32Array(mapped, placement.byteOffset, placement.byteLength / 4), placement.tensor);
    });
    buffer.unmap();
    this.#gpu.counters.readbackBytes += this.#staging.byteLength;
    return into;
  }

  destroy(): void {
    this.#staging.destroy();
  }
}

/** The bytes of the staging buffer that reads these tensors back. */
export function readbackBytes(tensors: readonly GpuTensor[]): number {
  return place(tensors).staging.byteLength;
}

function place(tensors: readonly GpuTensor[]): { staging: BufferSlot; placements: Placement[] } {
  let byteOffset = 0;
  const placements = tensors.map((tensor) => {
    const placement = { tensor, slotOffset: tensor.offset * 4, byteOffset, byteLength: extentBytes(tensor) };
    byteOffset += Math.ceil(placement.byteLength / COPY_ALIGNMENT) * COPY_ALIGNMENT;
    return placement;
  });
  return { staging: new BufferSlot('readback', byteOffset, 'staging'), placements };
}

/** The bytes from a tensor's first element to just past its last. */
function extentBytes(tensor: GpuTensor): number {
  if (elementCount(tensor.shape) === 0) return 0;
  const last = tensor.shape.reduce((sum, extent, axis) => sum + (extent - 1) * (tensor.strides[axis] ?? 0), 0);
  return 4 * (last + 1);
}

function checkSize({ label, shape }: GpuTensor, out: Float32Array | undefined): void {
  const elements = elementCount(shape);
  if (out?.length === elements) return;
  throw new Error(
    `internal: ${label} has ${elements} elements, and the array that is to take them ${out?.length ?? 0}`,
  );
}

/** Copies strided elements into a dense row-major array; runs of contiguous elements are copied whole. */
function copyDense(out: Float32Array, source: Float32Array, tensor: GpuTensor): void {
  const { shape, strides } = tensor;
  let written = 0;
  const copyAxis = (axis: number, from: number): void => {
    const run = contiguousRun(tensor, axis);
    if (run > 0) {
      out.set(source.subarray(from, from + run), written);
      written += run;
      return;
    }
    for (let i = 0; i < (shape[axis] ?? 0); i++) copyAxis(axis + 1, from + i * (strides[axis] ?? 0));
  };
  if (out.length > 0) copyAxis(0, 0);
}

/** Elements that lie side by side from this axis inwards; 0 where they do not. */
function contiguousRun(tensor: GpuTensor, axis: number): number {
  let run = 1;
  for (let inner = tensor.shape.length - 1; inner >= axis; inner--) {
    const extent = tensor.shape[inner] ?? 1;
    if (extent !== 1 && tensor.strides[inner] !== run) return 0;
    run *= extent;
  }
  return run;
}
