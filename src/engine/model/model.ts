// A model on the GPU: its config, its weights, and who frees them.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { Gpu } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { GpuWeights } from './gpuWeights.ts';

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
