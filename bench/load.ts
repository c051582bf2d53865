// Loading against the least that it could take: the same bytes read the same way and handed to the GPU, and nothing else. Twice:
// pythia-410m's geometry from a hub on this machine, checked by its hash, and a smaller model out of files of the browser's.
// Each round opens a GPU of its own, so that loading compiles its pipelines every time.
import { type Checkpoint, type CheckpointFolder, loadModel, openCheckpoint, openGpu } from '../src/engine/index.ts';
import { HubFolder } from '../src/sources/hub/hubFolder.ts';
import { openRepository, type Repository } from '../src/sources/hub/repository.ts';
import { blobSource } from '../src/sources/localFolder.ts';
import { NEVER_PAUSED } from '../src/sources/pausing.ts';
import { hashWeights } from '../src/sources/weightsHash.ts';
import { median } from './report.ts';
import { uploadAlone } from './uploadAlone.ts';

/** A hub, and a repository of it. */
export type LoadFrom = { readonly endpoint: string; readonly repo: string };

export type LoadMeasured = {
  readonly from: 'a local server' | 'files';
  readonly bytes: number; // of the weights
  readonly aloneMs: number; // median: read and uploaded, each tensor into a buffer of its own
  readonly loadMs: number; // median: from the first request to ready to run, pipelines compiled, and from a server checked
  readonly peakGpuBytes: number; // counted, while loading
};

type Case = {
  readonly from: LoadMeasured['from'];
  readonly plain: () => Promise<Checkpoint>; // read with nothing between
  readonly open: () => Promise<Checkpoint>; // as the page does
  readonly ready: (checkpoint: Checkpoint) => Promise<unknown>; // after loading
  readonly rounds: number;
};

/** Measures both in turn, from a server and out of files. */
export async function measureLoads(gpu: GPU, hub: LoadFrom, folder: CheckpointFolder): Promise<LoadMeasured[]> {
  const repository = await openRepository({ ...hub, token: null }, 'main');
  const files = await asFiles(folder);
  const fromServer: Case = {
    from: 'a local server',
    plain: () => openCheckpoint(plainFolder(repository)),
    open: () => openCheckpoint(new HubFolder({ repository, cache: null, pausing: NEVER_PAUSED })),
    ready: hashWeights,
    rounds: 5,
  };
  const open = () => openCheckpoint(files);
  const ofFiles: Case = { from: 'files', plain: open, open, ready: async () => {}, rounds: 5 };
  return [await measureCase(gpu, fromServer), await measureCase(gpu, ofFiles)];
}

async function measureCase(gpu: GPU, { from, plain, open, ready, rounds }: Case): Promise<LoadMeasured> {
  const [aloneMs, loadMs]: [number[], number[]] = [[], []];
  let [bytes, peakGpuBytes] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const alone = await openGpu(gpu);
    aloneMs.push(await uploadAlone(alone, await plain()).finally(() => alone.destroy()));
    const opened = await openGpu(gpu);
    const startMs = performance.now();
    const checkpoint = await open();
    await loadModel(opened, checkpoint)
      .then(() => ready(checkpoint))
      .finally(() => opened.destroy()); // and the model with it
    loadMs.push(performance.now() - startMs);
    peakGpuBytes = Math.max(peakGpuBytes, opened.memory.peakBytes);
    bytes = [...checkpoint.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    console.info(`from ${from}: loaded in ${loadMs.at(-1)?.toFixed(0)} ms, alone ${aloneMs.at(-1)?.toFixed(0)} ms`);
  }
  return { from, bytes, aloneMs: median(aloneMs), loadMs: median(loadMs), peakGpuBytes };
}

/** A repository's files by fetch alone: a range a read, nothing checked, held or tried again. */
function plainFolder({ access, commit, files }: Repository): CheckpointFolder {
  return {
    name: access.repo,
    open: async (name) => {
      const file = files.get(name);
      if (!file) return null;
      const url = `${access.endpoint}/${access.repo}/resolve/${commit}/${name}`;
      const read = async (byteOffset: number, byteLength: number) => {
        const headers = { Range: `bytes=${byteOffset}-${byteOffset + byteLength - 1}` };
        const response = await fetch(url, { headers });
        if (response.status !== 206) throw new Error(`${url} answered ${response.status}, expected a range`);
        return new Uint8Array(await response.arrayBuffer());
      };
      return { name, byteLength: file.byteLength, read };
    },
  };
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
