// Loading against the least that it could take: the same bytes read from a file of the browser's and handed to the GPU, and nothing
// else. Each round opens a GPU of its own, so that loading compiles its pipelines every time.
import { uploadAlone } from '../src/cli/geometry/uploadAlone.ts';
import { type Checkpoint, type CheckpointFolder, loadModel, openCheckpoint, openGpu } from '../src/engine/index.ts';
import { blobSource } from '../src/sources/localFolder.ts';
import { median } from './report.ts';

export type LoadMeasured = {
  readonly bytes: number; // of the weights
  readonly aloneMs: number; // median: read and uploaded, each tensor into a buffer of its own
  readonly loadMs: number; // median: ready to run, pipelines compiled
  readonly peakGpuBytes: number; // counted, while loading
};

const ROUNDS = 3;

/** Measures both in turn on the random checkpoint of the bench. */
export async function measureLoad(gpu: GPU, folder: CheckpointFolder): Promise<LoadMeasured> {
  const checkpoint = await openCheckpoint(await asFiles(folder));
  const rounds: { readonly aloneMs: number; readonly loadMs: number; readonly peakGpuBytes: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureOnce(gpu, checkpoint));
  return {
    bytes: [...checkpoint.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    aloneMs: median(rounds.map(({ aloneMs }) => aloneMs)),
    loadMs: median(rounds.map(({ loadMs }) => loadMs)),
    peakGpuBytes: Math.max(...rounds.map(({ peakGpuBytes }) => peakGpuBytes)),
  };
}

async function measureOnce(gpu: GPU, checkpoint: Checkpoint) {
  const opened = await openGpu(gpu);
  try {
    const aloneMs = await uploadAlone(opened, checkpoint, 'kept');
    const startMs = performance.now();
    const model = await loadModel(opened, checkpoint);
    const loadMs = performance.now() - startMs;
    model.destroy();
    return { aloneMs, loadMs, peakGpuBytes: opened.memory.peakBytes };
  } finally {
    opened.destroy();
  }
}

/** The same folder with its bytes in the browser's keeping, as dropped files are. */
async function asFiles(folder: CheckpointFolder): Promise<CheckpointFolder> {
  const blobs = new Map<string, Blob>();
  for (const name of ['config.json', 'model.safetensors']) {
    const source = await folder.open(name);
    if (!source) throw new Error(`internal: the bench's checkpoint has no ${name}`);
    blobs.set(name, new Blob([await source.read(0, source.byteLength)]));
  }
  return {
    name: folder.name,
    open: async (name) => {
      const blob = blobs.get(name);
      return blob ? blobSource(name, blob) : null;
    },
  };
}
