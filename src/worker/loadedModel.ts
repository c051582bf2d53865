// A model that is loaded for the workbench: on the GPU where there is one, with what runs it, its tokenizer, and what the page is told of it.
import {
  type Checkpoint,
  type CheckpointFolder,
  compileForOneRun,
  type Gpu,
  loadModel,
  type Model,
} from '../engine/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelSummary } from './answers.ts';
import type { Handling } from './host.ts';
import type { ModelToLoad } from './modelProtocol.ts';
import type { OpenedModel } from './openModel.ts';
import type { WorkerEngines } from './otherEngines.ts';
import type { Canvases } from './presenter.ts';
import { type Runner, runnerOnGpu, runnerOnProcessor } from './runner.ts';

/** What a host gives a workbench: how to open the GPU, where models come from, who we are. */
export type WorkbenchHost = {
  readonly openGpu: () => Promise<Gpu>; // throws KnownFailure or GpuError
  readonly openModel: (model: ModelToLoad, handling: Handling) => Promise<OpenedModel>;
  readonly demoFolder: (name: string) => CheckpointFolder; // of a model that is served with the page
  readonly engines: WorkerEngines; // besides our own kernels
  readonly canvases: Canvases | null; // null: pictures are read back
  readonly appVersion: string;
  readonly onDeviceLost: (lost: { readonly reason: string; readonly message: string }) => void;
};

/** Whoever holds it frees `runner`, then `model`. */
export type Loaded = {
  readonly model: Model | null; // null on the processor
  readonly checkpoint: Checkpoint;
  readonly runner: Runner;
  readonly tokenizer: Tokenizer;
  readonly endIds: readonly number[];
  readonly summary: ModelSummary;
};

export type LoadOn = {
  readonly gpu: Gpu | null; // null: on the processor
  readonly host: WorkbenchHost;
  readonly handling: Handling;
  readonly makeRoom: () => void; // frees what else is on the GPU, where the model does not fit beside it
};

/** Opens a model at its source and brings it to the GPU. Throws what either throws, having freed what it held. */
export async function load({ gpu, host, handling, makeRoom }: LoadOn, toLoad: ModelToLoad): Promise<Loaded> {
  const opened = await host.openModel(toLoad, handling);
  const { checkpoint, tokenizer, endIds, onUpload } = opened;
  let model: Model | null = null;
  try {
    const reports = loadReports(onUpload, handling.onProgress);
    model = gpu && (await loadModel(gpu, checkpoint, { ...reports, makeRoom, signal: handling.signal }));
    if (gpu) compileForOneRun(gpu); // not before: a run's own pipelines are waited for
    const hash = await opened.hash();
    const about = { modelHash: hash, appVersion: host.appVersion };
    const engines = host.engines.of(checkpoint);
    const runner = model ? runnerOnGpu(model, about, engines) : runnerOnProcessor(checkpoint, about, engines);
    return { model, checkpoint, runner, tokenizer, endIds, summary: await summaryOf(opened, model, hash) };
  } catch (error) {
    model?.destroy();
    await opened.close();
    throw error;
  }
}

/** Bytes while there are any to come; then, where pipelines are still being compiled, how many are. */
function loadReports(onUpload: OpenedModel['onUpload'], onProgress: Handling['onProgress']) {
  let isUploaded = false;
  return {
    onProgress: (done: number, total: number) => {
      isUploaded = done === total;
      onUpload(done, total);
    },
    onCompiled: (done: number, total: number) => {
      if (isUploaded) onProgress({ kind: 'load', phase: 'compile', done, total, unit: 'pipelines' });
    },
  };
}

async function summaryOf(
  { checkpoint, tokenizer, referenceOf, origin }: OpenedModel,
  model: Model | null,
  hash: string,
): Promise<ModelSummary> {
  const dtypes = new Set([...checkpoint.tensors.values()].map((entry) => entry.dtype));
  return {
    reference: referenceOf(hash),
    config: checkpoint.config,
    parameters: checkpoint.parameters,
    dtype: [...dtypes].sort().join(', '),
    downloadBytes: checkpoint.byteLength,
    gpuBytes: model?.gpuBytes ?? 0,
    hash,
    bosToken: tokenizer.bosToken,
    prependsBos: tokenizer.prependsBos,
    origin: await origin(),
  };
}
