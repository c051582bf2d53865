// A model on the GPU: its config, its weights, and who frees them.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { Gpu } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { BlockStream } from './blockStream.ts';
import type { GpuWeights } from './gpuWeights.ts';

export type ModelParts = {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: GpuWeights;
  readonly stream: BlockStream | null;
  readonly slots: readonly BufferSlot[]; // of all weights; the model owns them
};

/** A model whose weights are on the GPU. Whoever loaded it frees it by `destroy`. */
export class Model {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: GpuWeights;
  /** Where blocks do not fit beside each other: what brings them, one after another. Null: all weights are there. */
  readonly stream: BlockStream | null;
  readonly #slots: readonly BufferSlot[];

  constructor(parts: ModelParts) {
    this.gpu = parts.gpu;
    this.config = parts.config;
    this.weights = parts.weights;
    this.stream = parts.stream;
    this.#slots = parts.slots;
  }

  /** Bytes of the weights on the GPU, padding included. */
  get gpuBytes(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  destroy(): void {
    this.stream?.destroy();
    for (const slot of this.#slots) slot.destroy();
  }
}
