// Work on paper: dispatches and the buffers that they own, from which its bytes are known before it is allocated, and then allocated.
import type { Gpu } from './device.ts';
import type { BufferSlot, GpuTensor } from './gpuTensor.ts';
import { type Dispatch, Plan, planBytes } from './plan.ts';
import { Readback, readbackBytes } from './readback.ts';

/** Words for the start of a slot. */
export type Upload = readonly [BufferSlot, Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>];

/** Dispatches, what they own, what is written there once, and what is read back. */
export type Paper = {
  readonly dispatches: readonly Dispatch[];
  readonly owned: readonly BufferSlot[];
  readonly uploads: readonly Upload[];
  readonly read: readonly GpuTensor[];
};

/** Encodes a paper's work: copies, clears, and its plan's dispatches. */
export type EncodePaper = (encoder: GPUCommandEncoder, plan: Plan) => void;

const encodeAll: EncodePaper = (encoder, plan) => plan.encode(encoder);

/** The bytes that a paper's buffers will take, those of its dims and its staging among them. */
export function paperBytes({ dispatches, owned, read }: Paper): number {
  return planBytes(dispatches, owned) + readbackBytes(read);
}

/** Runs a paper once, and reads its results; all its buffers are new, and freed. Throws `limit`, `out-of-memory` or `device-lost`. */
export async function runOnce(
  gpu: Gpu,
  label: string,
  paper: Paper,
  encode?: EncodePaper,
): Promise<Float32Array<ArrayBuffer>[]> {
  const prepared = await PreparedPaper.make(gpu, paper);
  try {
    return await prepared.run(label, encode);
  } finally {
    prepared.destroy();
  }
}

/** A paper whose buffers are there, to be run again and again. Whoever made it frees it by `destroy`. */
export class PreparedPaper {
  readonly #gpu: Gpu;
  readonly #plan: Plan;
  readonly #readback: Readback;

  private constructor(gpu: Gpu, plan: Plan, readback: Readback) {
    this.#gpu = gpu;
    this.#plan = plan;
    this.#readback = readback;
  }

  /** Allocates the buffers and fills what is written once. Throws `limit` or `out-of-memory`, having freed what it got. */
  static async make(gpu: Gpu, paper: Paper): Promise<PreparedPaper> {
    const plan = await Plan.make(gpu, paper.dispatches, paper.owned);
    try {
      const readback = await Readback.make(gpu, paper.read);
      for (const [slot, words] of paper.uploads) gpu.write(slot, words);
      return new PreparedPaper(gpu, plan, readback);
    } catch (error) {
      plan.destroy();
      throw error;
    }
  }

  get readbackBytes(): number {
    return this.#readback.byteLength;
  }

  get multiplyAdds(): number {
    return this.#plan.multiplyAdds;
  }

  /** Runs it by one submit, and reads its results. Left out, `encode` encodes every dispatch. */
  async run(label: string, encode?: EncodePaper): Promise<Float32Array<ArrayBuffer>[]> {
    this.submit(label, encode);
    return this.read();
  }

  /** Submits it, and does not wait. */
  submit(label: string, encode = encodeAll): void {
    const encoder = this.#gpu.device.createCommandEncoder({ label });
    encode(encoder, this.#plan);
    this.#readback.encode(encoder);
    this.#gpu.submit(encoder);
  }

  /** Waits for what was submitted last, and reads its results. */
  read(): Promise<Float32Array<ArrayBuffer>[]> {
    return this.#readback.read();
  }

  destroy(): void {
    this.#plan.destroy();
    this.#readback.destroy();
  }
}
