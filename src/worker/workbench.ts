// The workbench behind the worker's door: one GPU, or the processor where there is none, one model, its tokenizer, and the last run's
// activations.
import {
  type Activation,
  type Captured,
  checkExperimentMemory,
  compileForComparison,
  type Experiment,
  type ExperimentMemory,
  type ExperimentResult,
  experimentMemory,
  type Gpu,
  type HookName,
  inspectHook,
  keptHooks,
  type Lengths,
  type Model,
  rankElements,
} from '../engine/index.ts';
import type { AdapterReport, ModelSummary, Side } from './answers.ts';
import { generate } from './generate.ts';
import { atlasOf, LookedAt } from './heads.ts';
import { type Handlers, type Handling, KnownFailure } from './host.ts';
import { type LaboratoryRun, laboratoryHandlers } from './laboratory.ts';
import { type Loaded, load, type WorkbenchHost } from './loadedModel.ts';
import type { BudgetOutcome, ModelToLoad } from './modelProtocol.ts';
import type { ModelHandlers } from './models.ts';
import { nextTokensAt, predictionsOf } from './nextTokens.ts';
import { Presenter } from './presenter.ts';
import { profileOf } from './profile.ts';
import type { RequestOf } from './protocol.ts';
import { readingHandlers } from './readings.ts';
import type { Ran } from './runner.ts';
import { trustHandlers } from './trust.ts';
import { type Rest, Turns } from './turns.ts';

const NOTHING_ON_GPU: ExperimentMemory = {
  weights: 0,
  a: null,
  b: null,
  comparison: 0,
  panels: 0,
  staging: 0,
  total: 0,
  local: 0,
  budget: null,
  streamed: false,
};

type Kept = Omit<Ran, 'result'> & {
  readonly runId: number;
  readonly tokenIds: readonly number[];
  readonly reports: Pick<ExperimentResult, Side>;
  readonly interventions: Experiment['interventions'];
};

/** One workbench; `handlers` is what the worker serves. */
export class Workbench {
  readonly #host: WorkbenchHost;
  #gpu: Gpu | 'none' | null = null; // none: everything runs on the processor; null: not opened yet
  #loaded: Loaded | null = null;
  #kept: Kept | null = null;
  #budgetBytes: number | null = null;
  #lastRunId = 0;
  readonly #turns = new Turns();
  readonly #lookedAt = new LookedAt();
  readonly #presenter: Presenter;

  constructor(host: WorkbenchHost) {
    this.#host = host;
    this.#presenter = new Presenter(host.canvases);
  }

  get handlers(): Omit<Handlers, keyof ModelHandlers> {
    return {
      ...laboratoryHandlers({ run: (runId) => this.#laboratoryRun(runId), inTurn: (work) => this.#inTurn(work) }),
      ...readingHandlers({ loaded: () => this.#modelOnGpu(), inTurn: (work) => this.#inRoom(work) }),
      openDevice: ({ on = 'gpu' }) => (on === 'gpu' ? this.#openDevice() : this.#goWithoutGpu()),
      ...trustHandlers({
        gpu: () => this.#openGpu(),
        inTurn: (work) => this.#inTurn(work),
        loaded: () => this.#modelOnGpu(),
        demoFolder: this.#host.demoFolder,
      }),
      loadModel: ({ reference }, handling) => this.#inTurn(() => this.#loadModel(reference, handling)),
      heldModel: () => this.#inTurn(async () => this.#loaded?.summary ?? null),
      setBudget: ({ budgetBytes }) => this.#inRoom(async () => this.#setBudget(budgetBytes)),
      planMemory: ({ experiment, lengths }) =>
        this.#inTurn(async () => {
          const { model } = this.#model();
          if (!model) return NOTHING_ON_GPU;
          return planOf(model, experiment, lengths);
        }),
      tokenize: async ({ text, prependBos }) => {
        const { tokenizer } = this.#model();
        return tokenizer.describe(tokenizer.encode(text, prependBos));
      },
      describeTokens: async ({ ids }) => this.#model().tokenizer.describe(ids),
      run: (request, handling) => this.#inTurn(() => this.#run(request, handling)),
      atlas: ({ runId }) => this.#inTurn(() => atlasOf(this.#model().checkpoint.config, this.#keptRun(runId))),
      head: (request) =>
        this.#inTurn(() => {
          const { checkpoint, model } = this.#model();
          const isSoftware = model?.gpu.adapter.isSoftware ?? true;
          return this.#lookedAt.view(checkpoint.config, this.#keptRun(request.runId), request, isSoftware);
        }),
      paint: (request, { signal }) => this.#inTurn(() => this.#paint(request, signal)),
      inspect: ({ runId, hook, tolerance }) =>
        this.#inTurn(async () => {
          const { a, b } = this.#keptRun(runId);
          return inspectHook(a, b, hook, tolerance);
        }),
      compare: ({ runId, tolerance }) => this.#inTurn(async () => this.#keptRun(runId).compare(tolerance)),
      outputs: ({ runId, position }) =>
        this.#inTurn(() => {
          const { checkpoint, tokenizer } = this.#model();
          return nextTokensAt(this.#keptRun(runId), position, checkpoint.config, tokenizer);
        }),
      profile: ({ runId }) =>
        this.#inTurn(() => {
          const { prepared, tokenIds } = this.#keptRun(runId);
          return profileOf(prepared, tokenIds);
        }),
      predictions: ({ runId, pair }) =>
        this.#inTurn(() => predictionsOf(this.#keptRun(runId), pair, this.#model().checkpoint.config)),
      table: ({ runId, hook, by, count }) =>
        this.#inTurn(async () => {
          const { a, b } = this.#keptRun(runId);
          const read = async (capture: Captured | null) => (capture?.shapeOf(hook) ? readOne(capture, hook) : null);
          return rankElements(await read(a), await read(b), by, count);
        }),
      generate: (request, handling) => this.#inRoom((rest) => generate(this.#modelOnGpu(), request, handling, rest)),
      openCaptures: ({ fileName, bytes }) => this.#host.engines.open(fileName, bytes),
      values: ({ runId, side, hook }) => this.#inTurn(() => readOne(captureOf(this.#keptRun(runId), side), hook)),
    };
  }

  /** GPU work goes one after the other; where it rests, another model may take the place of its own, and it ends. */
  #inTurn<T>(work: (rest: Rest) => Promise<T>): Promise<T> {
    return this.#turns.take((rest) => {
      const loaded = this.#loaded;
      return work(async () => {
        await rest();
        if (this.#loaded !== loaded) throw new KnownFailure('aborted', 'Another model was loaded meanwhile.');
      });
    });
  }

  /** The same for work that takes memory of its own: the head that is looked at gives its own up, and is made again where it is asked for. */
  #inRoom<T>(work: (rest: Rest) => Promise<T>): Promise<T> {
    return this.#inTurn((rest) => {
      this.#lookedAt.drop();
      return work(rest);
    });
  }

  async #paint(request: RequestOf<'paint'>, signal: AbortSignal) {
    signal.throwIfAborted();
    const painted = await this.#lookedAt.paint(request);
    return painted && this.#presenter.present(painted, request.how, this.#openGpu().adapter.isSoftware);
  }

  async #openDevice(): Promise<AdapterReport> {
    const opened = await this.#host.openGpu();
    if (this.#gpu !== opened && this.#gpu !== 'none') this.#gpu?.destroy();
    this.#lookedAt.drop();
    [this.#gpu, this.#loaded, this.#kept] = [opened, null, null];
    opened.memory.budgetBytes = this.#budgetBytes;
    opened.lost.then((lost) => {
      if (this.#gpu === opened) this.#host.onDeviceLost(lost);
    });
    return { ...opened.adapter, canary: null };
  }

  async #goWithoutGpu(): Promise<AdapterReport> {
    [this.#gpu, this.#loaded, this.#kept] = ['none', null, null];
    const description = 'the processor, without WebGPU';
    return { vendor: '', architecture: '', description, isSoftware: true, features: [], limits: {}, canary: null };
  }

  async #loadModel(reference: ModelToLoad, handling: Handling): Promise<ModelSummary> {
    const makeRoom = () => this.#drop();
    const next = await load(
      { gpu: this.#gpu === 'none' ? null : this.#openGpu(), host: this.#host, handling, makeRoom },
      reference,
    );
    this.#drop();
    this.#loaded = next;
    return next.summary;
  }

  /** Frees the model that is there, and what was run on it. */
  #drop(): void {
    this.#lookedAt.drop();
    this.#loaded?.runner.destroy();
    this.#loaded?.model?.destroy();
    [this.#loaded, this.#kept] = [null, null];
  }

  #setBudget(budgetBytes: number | null): BudgetOutcome {
    this.#budgetBytes = budgetBytes;
    if (!this.#gpu || this.#gpu === 'none') return { budgetBytes, loadAgain: false };
    const { memory } = this.#gpu;
    memory.budgetBytes = budgetBytes;
    const isOver = budgetBytes !== null && memory.liveBytes > budgetBytes;
    const isStreamed = (this.#loaded?.model?.stream ?? null) !== null;
    return { budgetBytes, loadAgain: this.#loaded !== null && (isStreamed || isOver) };
  }

  #openGpu(): Gpu {
    if (this.#gpu === 'none') throw noGpu();
    if (this.#gpu && !this.#gpu.isLost) return this.#gpu;
    throw new KnownFailure('device-lost', 'No GPU is open. Reload the device.');
  }

  async #run(request: RequestOf<'run'>, { signal, onProgress }: Handling): Promise<ExperimentResult> {
    const { experiment, tokenIds, corruptedTokenIds = null, aOf = null } = request;
    signal.throwIfAborted();
    const { runner, checkpoint, model } = this.#model();
    const { capture, note } = keptHooks(checkpoint.config, tokenIds.length, experiment.interventions);
    if (model?.gpu.memory.budgetBytes != null) {
      const lengths = { nPos: tokenIds.length, nCorrupted: corruptedTokenIds?.length ?? null };
      checkExperimentMemory(planOf(model, experiment, lengths));
    }
    const keepsA = aOf !== null && this.#kept?.runId === aOf;
    this.#kept = null; // the runner may free what it held
    this.#lookedAt.drop();
    const onPhase = (side: Side, phase: 'running' | 'comparing') => onProgress({ kind: 'run', side, phase });
    const options = { signal, onPhase, corruptedTokenIds, capture, note, keepsA };
    const { result, ...ran } = await runner.run(experiment, tokenIds, options);
    if (model) compileForComparison(model.gpu); // beside what is asked of this run, for the next
    this.#lastRunId += 1;
    const { interventions } = experiment;
    this.#kept = { runId: this.#lastRunId, tokenIds, reports: result, interventions, ...ran };
    return { ...result, runId: this.#lastRunId };
  }

  #model(): Loaded {
    if (!this.#loaded) throw new KnownFailure('input', 'No model is loaded yet.');
    return this.#loaded;
  }

  /** For what our own kernels alone can do. */
  #modelOnGpu(): Loaded & { readonly model: Model } {
    const loaded = this.#model();
    if (!loaded.model) throw noGpu();
    return { ...loaded, model: loaded.model };
  }

  #laboratoryRun(runId: number): LaboratoryRun {
    const { model, checkpoint } = this.#model();
    return { ...this.#keptRun(runId), model, checkpoint };
  }

  #keptRun(runId: number): Kept {
    if (this.#kept?.runId === runId) return this.#kept;
    throw new KnownFailure('aborted', 'That run is no longer kept: a newer one took its place.');
  }
}

function planOf(model: Model, experiment: Experiment, lengths: Lengths): ExperimentMemory {
  const { capture } = keptHooks(model.config, lengths.nPos, experiment.interventions);
  return experimentMemory(model, experiment, lengths, capture);
}

function noGpu(): KnownFailure {
  return new KnownFailure(
    'no-webgpu',
    'This needs our own kernels, and so WebGPU: here everything runs on the processor.',
  );
}

function captureOf(run: Kept, side: Side): Captured {
  const made = run[side];
  if (!made) throw new KnownFailure('input', `Run ${side.toUpperCase()} was not made in this mode.`);
  return made;
}

async function readOne(capture: Captured, hook: HookName): Promise<Activation> {
  const [activation] = await capture.read([hook]);
  if (!activation) throw new Error(`internal: ${hook} was read back as nothing`);
  return activation;
}
