// Brings a checkpoint's weights onto the GPU: bytes as they stand in the file, laid out in panels by a kernel, once.
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { PANEL_COLUMNS, panelsPerGroup } from '../kernels/gpuWeight.ts';
import { layoutWeight } from '../kernels/layoutWeight.ts';
import { widenToF32 } from '../tensor/bits.ts';
import type { GpuWeights } from './gpuWeights.ts';
import { type MatrixUpload, UploadPlan, type VectorUpload } from './uploadPlan.ts';

/** Reported after each tensor: bytes of the checkpoint that are on the GPU, of all. */
export type UploadProgress = (doneBytes: number, totalBytes: number) => void;

/** A model whose weights are on the GPU. Whoever loaded it frees it by `destroy`. */
export class Model {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: GpuWeights;
  readonly #slots: readonly BufferSlot[];

  constructor(gpu: Gpu, config: ModelConfig, weights: GpuWeights, slots: readonly BufferSlot[]) {
    this.gpu = gpu;
    this.config = config;
    this.weights = weights;
    this.#slots = slots;
  }

  /** Bytes of the weights on the GPU, padding included. */
  get gpuBytes(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  destroy(): void {
    for (const slot of this.#slots) slot.destroy();
  }
}

/** Bytes sent before we wait for the GPU, so that what is in flight stays bounded. */
const IN_FLIGHT_BYTES = 64 << 20;

/**
 * Uploads a checkpoint. Throws `limit` or `out-of-memory` naming the tensor before any payload is read, and what the source
 * throws; frees what it had allocated then.
 */
export async function loadModel(
  gpu: Gpu,
  checkpoint: Checkpoint,
  onProgress: UploadProgress = () => {},
  signal?: AbortSignal,
): Promise<Model> {
  const plan = new UploadPlan(checkpoint);
  const weights = plan.weights();
  checkSources(gpu, checkpoint);
  await gpu.allocate(plan.slots);
  try {
    await upload(gpu, checkpoint, plan, onProgress, signal);
  } catch (error) {
    for (const slot of plan.slots) slot.destroy();
    throw error;
  }
  return new Model(gpu, checkpoint.config, weights, plan.slots);
}

function checkSources(gpu: Gpu, checkpoint: Checkpoint): void {
  for (const entry of checkpoint.tensors.values()) {
    gpu.checkFits(new BufferSlot(entry.name, entry.byteLength));
  }
}

async function upload(
  gpu: Gpu,
  checkpoint: Checkpoint,
  plan: UploadPlan,
  onProgress: UploadProgress,
  signal: AbortSignal | undefined,
): Promise<void> {
  let doneBytes = 0;
  let inFlightBytes = 0;
  for (const entry of checkpoint.tensors.values()) {
    signal?.throwIfAborted();
    const bytes = await entry.source.read(entry.byteOffset, entry.byteLength, signal);
    const matrices = plan.matrices.filter(({ view }) => view.tensor === entry.name);
    if (matrices.length > 0) await uploadMatrices(gpu, entry, bytes, matrices);
    const vectors = plan.vectors.filter(({ view }) => view.tensor === entry.name);
    if (vectors.length > 0) uploadVectors(gpu, widenToF32(bytes, entry.dtype), vectors);
    doneBytes += entry.byteLength;
    inFlightBytes += entry.byteLength;
    if (inFlightBytes > IN_FLIGHT_BYTES) {
      await gpu.device.queue.onSubmittedWorkDone();
      inFlightBytes = 0;
    }
    onProgress(doneBytes, checkpoint.byteLength);
  }
  await gpu.device.queue.onSubmittedWorkDone();
  if (gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost while the weights were uploaded.');
}

async function uploadMatrices(
  gpu: Gpu,
  entry: TensorEntry,
  bytes: Uint8Array<ArrayBuffer>,
  matrices: readonly MatrixUpload[],
): Promise<void> {
  const source = new BufferSlot(entry.name, bytes.byteLength);
  const dispatches = matrices.map(({ view, target }) =>
    layoutWeight({ label: target.slot.label, source, sourceDtype: entry.dtype, sourceBase: 0, view, target }),
  );
  const plan = await Plan.make(gpu, dispatches, [source]);
  gpu.device.queue.writeBuffer(source.buffer, 0, wholeWords(bytes));
  gpu.counters.uploadedBytes += bytes.byteLength;
  const encoder = gpu.device.createCommandEncoder({ label: entry.name });
  plan.encode(encoder);
  gpu.device.queue.submit([encoder.finish()]);
  gpu.counters.submits += 1;
  plan.destroy(); // WebGPU frees the buffers once the submitted work is done
}

/** writeBuffer takes whole 32-bit words; an odd count of 16-bit weights is padded. */
function wholeWords(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}

function uploadVectors(gpu: Gpu, tensor: Float32Array, vectors: readonly VectorUpload[]): void {
  for (const { view, slot, firstGroup, groupColumns, padded } of vectors) {
    const groupElements = padded ? panelsPerGroup(groupColumns) * PANEL_COLUMNS : groupColumns;
    const laidOut = new Float32Array(Math.ceil(view.columns / groupColumns) * groupElements);
    for (let n = 0; n < view.columns; n++) {
      const at =
        view.offset +
        Math.floor(n / view.columnsPerGroup) * view.groupStride +
        (n % view.columnsPerGroup) * view.columnStride;
      laidOut[Math.floor(n / groupColumns) * groupElements + (n % groupColumns)] = tensor[at] ?? Number.NaN;
    }
    gpu.device.queue.writeBuffer(slot.buffer, firstGroup * groupElements * 4, laidOut);
    gpu.counters.uploadedBytes += laidOut.byteLength;
  }
}
