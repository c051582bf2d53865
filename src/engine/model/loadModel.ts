// Brings a checkpoint's weights onto the GPU: bytes as they stand in the file, laid out in panels by a kernel, once. Meanwhile the
// pipelines of a run compile: which they are is known from a recorded run before the first byte is read.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { Model } from './model.ts';
import { recordRun } from './recordRun.ts';
import { Uploader } from './uploader.ts';
import { UploadPlan } from './uploadPlan.ts';

/** Reported after each piece: bytes of the checkpoint that are on the GPU, of all. */
export type UploadProgress = (doneBytes: number, totalBytes: number) => void;

/** Rows of the run whose pipelines are compiled while weights arrive: the tile of every longer prompt. */
const EXPECTED_ROWS = 16;

/**
 * Uploads a checkpoint and compiles what a run needs. Throws `limit` or `out-of-memory` naming the tensor before any payload is
 * read, and what the source throws; frees what it had allocated then.
 */
export async function loadModel(
  gpu: Gpu,
  checkpoint: Checkpoint,
  onProgress: UploadProgress = () => {},
  signal?: AbortSignal,
): Promise<Model> {
  const plan = new UploadPlan(checkpoint);
  const model = new Model(gpu, checkpoint.config, plan.weights(), plan.slots);
  const compiled = compile(model);
  compiled.catch(() => {}); // awaited below, or not at all where the upload fails first
  try {
    await gpu.allocate(plan.slots);
    await upload(gpu, checkpoint, plan, onProgress, signal);
    await compiled;
  } catch (error) {
    model.destroy();
    throw error;
  }
  return model;
}

/** Starts to compile the pipelines of both modes in canonical order. */
async function compile(model: Model): Promise<void> {
  const { gpu, config } = model;
  const run = {
    model,
    batch: 1,
    nPos: Math.min(EXPECTED_ROWS, config.nCtx),
    capture: 'none',
    headInputs: 'shared',
  } as const;
  const modes = (['fused', 'split'] as const).map(
    (qkv) => ({ qkv, kv: 'broadcast', order: { kind: 'canonical' } }) as const,
  );
  const dispatches = modes.flatMap((spec) => recordRun({ ...run, spec }).recorder.dispatches);
  await Promise.all(dispatches.map(({ kernel, overrides }) => gpu.pipelines.compile(kernel, overrides)));
}

async function upload(
  gpu: Gpu,
  checkpoint: Checkpoint,
  plan: UploadPlan,
  onProgress: UploadProgress,
  signal: AbortSignal | undefined,
): Promise<void> {
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    onProgress(doneBytes, checkpoint.byteLength);
  };
  const uploader = await Uploader.make(gpu);
  try {
    await uploader.upload(checkpoint.tensors.values(), plan, onBytes, signal);
    await gpu.device.queue.onSubmittedWorkDone();
  } finally {
    uploader.destroy();
  }
  if (gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost while the weights were uploaded.');
}
