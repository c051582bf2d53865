// One side of an experiment, ready to run: its run with the interventions that it can apply, and the runs of the clean and the
// corrupted prompt that these read (promptSources.ts). Run again, it allocates, compiles and binds nothing.
import type { CaptureRequest } from '../capture/captureRequest.ts';
import type { Gpu } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { readTensors } from '../gpu/readback.ts';
import { whyNotApplicable } from '../hooks/applicable.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import type { Model } from '../model/model.ts';
import { type PreparedRun, prepareRun, type RunRequest } from '../model/prepareRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';
import type { ReferenceSources } from '../reference/edit.ts';
import { PromptSources, type SidePrompts } from './promptSources.ts';

export type { SidePrompts } from './promptSources.ts';

/** An intervention that a side does not carry out: its place in the experiment's list, and why. */
export type NotApplied = { readonly index: number; readonly why: string };

/** What a side's interventions edit and read, as `prepareRun` takes it; the side must outlive who uses it. */
export type SideEdits = Pick<RunRequest, 'interventions' | 'sources'>;

export type SideRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly nPos: number;
  readonly nCorrupted: number | null; // tokens of the corrupted prompt; null where there is none
  readonly capture: CaptureRequest;
  readonly interventions: readonly Intervention[];
};

/** A side's runs. Whoever prepared it frees it by `destroy`. */
export class PreparedSide {
  readonly run: PreparedRun;
  readonly notApplied: readonly NotApplied[];
  readonly applied: readonly Intervention[];
  readonly #sources: PromptSources;

  private constructor(run: PreparedRun, sources: PromptSources, sorted: Sorted) {
    this.run = run;
    this.#sources = sources;
    this.applied = sorted.applied;
    this.notApplied = sorted.notApplied;
  }

  /** Throws where the corrupted prompt is needed and has another length, and what `prepareRun` throws; frees what it made then. */
  static async make(request: SideRequest): Promise<PreparedSide> {
    const { model, spec, nPos, capture } = request;
    const sorted = sortApplicable(request);
    const interventions = sorted.applied;
    const sources = await PromptSources.make({ model, spec, nPos, interventions });
    try {
      const edits = { interventions, sources: sources.tensors };
      const run = await prepareRun({ model, spec, batch: 1, nPos, capture, headInputs: 'shared', ...edits });
      return new PreparedSide(run, sources, sorted);
    } catch (error) {
      sources.destroy();
      throw error;
    }
  }

  /** Reads back what the interventions read of other prompts. */
  async readSources(): Promise<ReferenceSources> {
    const { clean, corrupted } = this.#sources.tensors;
    const { gpu } = this.run.request.model;
    return { clean: await readInF64(gpu, clean), corrupted: await readInF64(gpu, corrupted) };
  }

  /** For another run with the same interventions. */
  get edits(): SideEdits {
    return { interventions: this.applied, sources: this.#sources.tensors };
  }

  /** Runs what the interventions read, where the prompt is another than last time, then the side itself. */
  async execute(prompts: SidePrompts, signal?: AbortSignal): Promise<void> {
    await this.#sources.execute(prompts, signal);
    await this.run.execute(prompts.clean, undefined, signal);
  }

  destroy(): void {
    this.run.destroy();
    this.#sources.destroy();
  }
}

async function readInF64(gpu: Gpu, tensors: ReadonlyMap<HookName, GpuTensor> = new Map()) {
  const arrays = await readTensors(gpu, [...tensors.values()]);
  return new Map(
    [...tensors].map(([hook, { shape }], at) => [hook, { shape, values: Float64Array.from(arrays[at] ?? []) }]),
  );
}

export type Sorted = { readonly applied: readonly Intervention[]; readonly notApplied: readonly NotApplied[] };

/** What decides whether a side can carry an intervention out. */
export type SortRequest = Pick<SideRequest, 'nPos' | 'nCorrupted' | 'interventions'> & {
  readonly model: Pick<Model, 'config'>;
  readonly spec: Pick<ForwardSpec, 'qkv' | 'kv'>;
};

/** Keeps the enabled interventions that a side can carry out; the others get their reason. */
export function sortApplicable(
  { model, spec, nPos, nCorrupted, interventions }: SortRequest,
  whyNot: (intervention: Intervention) => string | null = () => null, // what else stands against one
): Sorted {
  const applied: Intervention[] = [];
  const notApplied: NotApplied[] = [];
  const to = { model: model.config, mode: spec, nPos, nCorrupted };
  interventions.forEach((intervention, index) => {
    if (!intervention.enabled) return;
    const why = whyNotApplicable(intervention, to) ?? whyNot(intervention);
    if (why === null) applied.push(intervention);
    else notApplied.push({ index, why });
  });
  return { applied, notApplied };
}
