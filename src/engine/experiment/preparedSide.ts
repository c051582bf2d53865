// One side of an experiment, ready to run: its run with the interventions that it can apply, and the runs of the clean and the
// corrupted prompt that these read, which keep nothing but what is read. Run again, it allocates, compiles and binds nothing.
import type { CaptureRequest } from '../capture/captureRequest.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { whyNotApplicable } from '../hooks/applicable.ts';
import type { HookName } from '../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../hooks/intervention.ts';
import type { Model } from '../model/model.ts';
import { type PreparedRun, prepareRun } from '../model/prepareRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';

/** An intervention that a side does not carry out: its place in the experiment's list, and why. */
export type NotApplied = { readonly index: number; readonly why: string };

export type SideRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly nPos: number;
  readonly nCorrupted: number | null; // tokens of the corrupted prompt; null where there is none
  readonly capture: CaptureRequest;
  readonly interventions: readonly Intervention[];
};

export type SidePrompts = { readonly clean: readonly number[]; readonly corrupted: readonly number[] | null };

type Source = { readonly prompt: 'clean' | 'corrupted'; readonly run: PreparedRun; ranOn: readonly number[] | null };

/** A side's runs. Whoever prepared it frees it by `destroy`. */
export class PreparedSide {
  readonly run: PreparedRun;
  readonly notApplied: readonly NotApplied[];
  readonly applied: readonly Intervention[];
  readonly #sources: readonly Source[];

  private constructor(run: PreparedRun, sources: readonly Source[], sorted: Sorted) {
    this.run = run;
    this.#sources = sources;
    this.applied = sorted.applied;
    this.notApplied = sorted.notApplied;
  }

  /** Throws where the corrupted prompt is needed and has another length, and what `prepareRun` throws; frees what it made then. */
  static async make(request: SideRequest): Promise<PreparedSide> {
    const sorted = sort(request);
    const prepared: Source[] = [];
    try {
      for (const prompt of ['clean', 'corrupted'] as const) {
        const capture = hooksRead(sorted.applied, prompt);
        if (capture.length > 0) prepared.push({ prompt, run: await prepare(request, capture), ranOn: null });
      }
      const of = (prompt: Source['prompt']) => tensorsOf(prepared.find((source) => source.prompt === prompt)?.run);
      const sources = { clean: of('clean'), corrupted: of('corrupted') };
      const run = await prepare(request, request.capture, { interventions: sorted.applied, sources });
      return new PreparedSide(run, prepared, sorted);
    } catch (error) {
      for (const { run } of prepared) run.destroy();
      throw error;
    }
  }

  /** Runs what the interventions read, where the prompt is another than last time, then the side itself. */
  async execute(prompts: SidePrompts, signal?: AbortSignal): Promise<void> {
    for (const source of this.#sources) {
      const tokenIds = prompts[source.prompt];
      if (!tokenIds) throw new Error('internal: a side reads the corrupted prompt and was given none');
      if (source.ranOn && sameIds(source.ranOn, tokenIds)) continue;
      source.ranOn = null;
      await source.run.execute(tokenIds, undefined, signal);
      source.ranOn = tokenIds;
    }
    await this.run.execute(prompts.clean, undefined, signal);
  }

  destroy(): void {
    this.run.destroy();
    for (const { run } of this.#sources) run.destroy();
  }
}

type Sorted = { readonly applied: readonly Intervention[]; readonly notApplied: readonly NotApplied[] };

/** Keeps the enabled interventions that this side can carry out; the others get their reason. */
function sort({ model, spec, nPos, nCorrupted, interventions }: SideRequest): Sorted {
  const applied: Intervention[] = [];
  const notApplied: NotApplied[] = [];
  const to = { model: model.config, mode: spec, nPos, hasCorrupted: nCorrupted !== null };
  interventions.forEach((intervention, index) => {
    if (!intervention.enabled) return;
    const why = whyNotApplicable(intervention, to);
    if (why === null) applied.push(intervention);
    else notApplied.push({ index, why });
  });
  if (nCorrupted !== null && nCorrupted !== nPos && hooksRead(applied, 'corrupted').length > 0) {
    throw new Error(
      `The corrupted prompt has ${nCorrupted} tokens and the clean one ${nPos}: interventions read one for the other, position by position. Make them equally long.`,
    );
  }
  return { applied, notApplied };
}

function hooksRead(interventions: readonly Intervention[], prompt: 'clean' | 'corrupted'): HookName[] {
  const sources = interventions.map(sourceOf).filter((source) => source?.prompt === prompt);
  return [...new Set(sources.flatMap((source) => (source ? [source.hook] : [])))];
}

function prepare(
  { model, spec, nPos }: SideRequest,
  capture: CaptureRequest,
  edits: Pick<Parameters<typeof prepareRun>[0], 'interventions' | 'sources'> = {},
): Promise<PreparedRun> {
  return prepareRun({ model, spec, batch: 1, nPos, capture, headInputs: 'shared', ...edits });
}

function tensorsOf(run: PreparedRun | undefined): ReadonlyMap<HookName, GpuTensor> {
  const hooks = run?.capture.hooks ?? [];
  return new Map(
    hooks.flatMap((hook) => {
      const tensor = run?.capture.tensor(hook);
      return tensor ? [[hook, tensor] as const] : [];
    }),
  );
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}
