// Work on paper: dispatches and the buffers that they own, from which its bytes are known before it is allocated, and then allocated.
import type { Gpu } from '../gpu/device.ts';
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import { type Dispatch, Plan, planBytes } from '../gpu/plan.ts';
import { Readback, readbackBytes } from '../gpu/readback.ts';

/** Dispatches, what they own, what is written there once, and what is read back. */
export type Paper = {
  readonly dispatches: readonly Dispatch[];
  readonly owned: readonly BufferSlot[];
  readonly uploads: readonly (readonly [BufferSlot, Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>])[];
  readonly read: readonly GpuTensor[];
};

/** The bytes that a paper's buffers will take, those of its dims and its staging among them. */
export function paperBytes({ dispatches, owned, read }: Paper): number {
  return planBytes(dispatches, owned) + readbackBytes(read);
}

/** Allocates a paper's buffers and fills what is written once. Frees what it made where there is no room for all. */
export async function allocatePaper(gpu: Gpu, paper: Paper): Promise<{ plan: Plan; readback: Readback }> {
  const plan = await Plan.make(gpu, paper.dispatches, paper.owned);
  try {
    const readback = await Readback.make(gpu, paper.read);
    for (const [slot, words] of paper.uploads) gpu.write(slot, words);
    return { plan, readback };
  } catch (error) {
    plan.destroy();
    throw error;
  }
}

/** Integers that were read back as f32. */
export function wordsOf(values: Float32Array | undefined): Uint32Array {
  return values ? new Uint32Array(values.buffer, values.byteOffset, values.length) : new Uint32Array();
}
