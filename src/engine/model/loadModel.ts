// Brings a checkpoint's weights onto the GPU: bytes as they stand in the file, laid out in panels by a kernel, once. Meanwhile the
// pipelines of a run compile: which they are is known from a recorded run before the first byte is read. Weights that do not fit
// stay in the file, but for tables and norms; their blocks are streamed when the model runs.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { byteWords } from '../gpu/byteCount.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { BlockStream, type UploadPart, uploadPart } from './blockStream.ts';
import { Compiling } from './compiling.ts';
import type { GpuWeights } from './gpuWeights.ts';
import { Model } from './model.ts';
import { recordRun } from './recordRun.ts';
import { type LayoutBy, Uploader } from './uploader.ts';
import { UploadPlan } from './uploadPlan.ts';

/** Reported after each piece: bytes of the checkpoint that are on the GPU, of all that go there now. */
export type UploadProgress = (doneBytes: number, totalBytes: number) => void;

/** Reported after each pipeline, and once more when all bytes are there: how many of a run's pipelines are compiled, of all. */
export type CompileProgress = (done: number, total: number) => void;

export type LoadOptions = {
  readonly onProgress?: UploadProgress;
  readonly onCompiled?: CompileProgress;
  /** Called once, before any payload is read, where all weights do not fit beside what the GPU holds: frees what is not needed. */
  readonly makeRoom?: () => void;
  readonly signal?: AbortSignal;
  readonly layout?: LayoutBy; // left out: by the GPU, unless it is software
  readonly partBytes?: number; // most of one buffer of a table; left out: what the GPU binds, 512 MiB at most
};

/** Rows of the run whose pipelines are compiled while weights arrive: the tile of every longer prompt. */
const EXPECTED_ROWS = 16;

/** Sets of buffers that streamed blocks take turns at: one runs, the next is on its way. */
const SETS = 2;

/** A buffer of 1 GiB may fail where the limit allows more (docs/numerics.md): tables are cut well below. */
const MOST_PART_BYTES = 512 << 20;

/**
 * Uploads a checkpoint and compiles what a run needs; streams blocks where all weights are beyond the GPU's budget or memory.
 * Throws `limit` or `out-of-memory` naming the tensor before any payload is read, and what the source throws; frees what it had
 * allocated then.
 */
export async function loadModel(gpu: Gpu, checkpoint: Checkpoint, options: LoadOptions = {}): Promise<Model> {
  const limit = Math.min(gpu.limit('maxBufferSize'), gpu.limit('maxStorageBufferBindingSize'), MOST_PART_BYTES);
  const partBytes = options.partBytes ?? limit;
  const resident = new UploadPlan(checkpoint, { partBytes, sets: null });
  const weights = resident.weights();
  const runs = shortRuns(gpu, checkpoint, weights);
  const compiling = new Compiling(gpu, runs, options.onCompiled);
  const isResident = await fitsOnceRoomIsMade(gpu, resident, runBytes(runs), options.makeRoom);
  const model = isResident
    ? await loadResident(gpu, checkpoint, { plan: resident, weights }, options)
    : await loadStreamed(gpu, checkpoint, new UploadPlan(checkpoint, { partBytes, sets: SETS }), options);
  await compiling.end();
  return model;
}

type Planned = { readonly plan: UploadPlan; readonly weights: GpuWeights };

async function fitsOnceRoomIsMade(
  gpu: Gpu,
  plan: UploadPlan,
  reservedBytes: number,
  makeRoom: LoadOptions['makeRoom'],
): Promise<boolean> {
  if (await fits(gpu, plan, reservedBytes)) return true;
  if (!makeRoom) return false;
  makeRoom();
  return fits(gpu, plan, reservedBytes);
}

/** Allocates all weights where they leave room to upload them and for a short run; tells whether they did. */
async function fits(gpu: Gpu, plan: UploadPlan, reservedBytes: number): Promise<boolean> {
  const { budgetBytes, liveBytes } = gpu.memory;
  const bytes = plan.byteLength + Math.max(reservedBytes, Uploader.gpuBytes);
  if (budgetBytes !== null && liveBytes + bytes > budgetBytes) return false;
  try {
    await gpu.allocate(plan.slots);
    return true;
  } catch (error) {
    if (error instanceof GpuError && error.kind === 'out-of-memory') return false;
    throw error;
  }
}

async function loadResident(
  gpu: Gpu,
  checkpoint: Checkpoint,
  { plan, weights }: Planned,
  options: LoadOptions,
): Promise<Model> {
  const model = new Model({ gpu, config: checkpoint.config, weights, stream: null, slots: plan.slots });
  try {
    const uploader = await Uploader.make(gpu, options.layout);
    const all = { entries: [...checkpoint.tensors.values()], matrices: plan.matrices, vectors: plan.vectors };
    await upload(gpu, uploader, all, options).finally(() => uploader.destroy());
    return model;
  } catch (error) {
    model.destroy();
    throw error;
  }
}

async function loadStreamed(gpu: Gpu, checkpoint: Checkpoint, plan: UploadPlan, options: LoadOptions): Promise<Model> {
  const { config } = checkpoint;
  const weights = plan.weights();
  checkLeast(gpu, plan.byteLength + Uploader.gpuBytes);
  const uploader = await Uploader.make(gpu, options.layout);
  const blocks = weights.blocks.map((_, layer) => uploadPart(checkpoint, plan, layer));
  const model = new Model({ gpu, config, weights, stream: new BlockStream(uploader, blocks), slots: plan.slots });
  try {
    await gpu.allocate(plan.slots);
    await upload(gpu, uploader, uploadPart(checkpoint, plan, null), options);
    return model;
  } catch (error) {
    model.destroy();
    throw error;
  }
}

/** Streaming has a floor: tables, norms, two blocks and the lanes. */
function checkLeast(gpu: Gpu, bytes: number): void {
  const { budgetBytes, liveBytes } = gpu.memory;
  if (budgetBytes === null || liveBytes + bytes <= budgetBytes) return;
  const held = liveBytes === 0 ? '' : ` beside the ${byteWords(liveBytes)} held`;
  throw new GpuError(
    'limit',
    `Embedding, unembedding, norms, two blocks at a time and what uploads them need ${byteWords(bytes)} on the GPU${held}, and the ` +
      `budget is ${byteWords(budgetBytes)}. Raise it to more than ${byteWords(liveBytes + bytes)}, or choose a smaller model.`,
  );
}

const MODES = (['fused', 'split'] as const).map(
  (qkv) => ({ qkv, kv: 'broadcast', order: { kind: 'canonical' } }) as const,
);

/** Records a short run of both modes. */
function shortRuns(gpu: Gpu, { config }: Checkpoint, weights: GpuWeights) {
  const nPos = Math.min(EXPECTED_ROWS, config.nCtx);
  const run = { model: { gpu, config, weights }, batch: 1, nPos, capture: 'none', headInputs: 'shared' } as const;
  return MODES.map((spec) => recordRun({ ...run, spec }).recorder);
}

/** Bytes that short runs of both modes hold at a time. */
function runBytes(runs: ReturnType<typeof shortRuns>): number {
  return runs.reduce((sum, run) => sum + run.scratchBytes + run.keptBytes, 0);
}

async function upload(gpu: Gpu, uploader: Uploader, part: UploadPart, options: LoadOptions): Promise<void> {
  const totalBytes = part.entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    options.onProgress?.(doneBytes, totalBytes);
  };
  await uploader.upload(part.entries, part, onBytes, options.signal);
  await gpu.device.queue.onSubmittedWorkDone();
  if (gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost while the weights were uploaded.');
}
