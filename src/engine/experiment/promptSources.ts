// The runs of the clean and the corrupted prompt that interventions read. They keep nothing but what is read, and run again only
// when their prompt is another.
import type { HookName } from '../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../hooks/intervention.ts';
import type { RunSources } from '../model/hookEdits.ts';
import type { Model } from '../model/model.ts';
import { type PreparedRun, prepareRun } from '../model/prepareRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';

export type SidePrompts = { readonly clean: readonly number[]; readonly corrupted: readonly number[] | null };

type PromptName = keyof SidePrompts;
type Source = { readonly prompt: PromptName; readonly run: PreparedRun; ranOn: readonly number[] | null };

export type SourcesRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly nPos: number; // of both prompts
  readonly interventions: readonly Intervention[]; // that apply
};

/** Whoever prepared them frees them by `destroy`. */
export class PromptSources {
  readonly #runs: readonly Source[];

  private constructor(runs: readonly Source[]) {
    this.#runs = runs;
  }

  /** Throws what `prepareRun` throws, having freed what it made. */
  static async make({ model, spec, nPos, interventions }: SourcesRequest): Promise<PromptSources> {
    const runs: Source[] = [];
    try {
      for (const prompt of ['clean', 'corrupted'] as const) {
        const capture = hooksRead(interventions, prompt);
        if (capture.length === 0) continue;
        const run = await prepareRun({ model, spec, batch: 1, nPos, capture, headInputs: 'shared' });
        runs.push({ prompt, run, ranOn: null });
      }
      return new PromptSources(runs);
    } catch (error) {
      for (const { run } of runs) run.destroy();
      throw error;
    }
  }

  /** What the runs keep, by name. */
  get tensors(): RunSources {
    const of = (prompt: PromptName) =>
      this.#runs.find((source) => source.prompt === prompt)?.run.capture.tensors ?? new Map();
    return { clean: of('clean'), corrupted: of('corrupted') };
  }

  /** Runs those whose prompt is another than last time. */
  async execute(prompts: SidePrompts, signal?: AbortSignal): Promise<void> {
    for (const source of this.#runs) {
      const tokenIds = prompts[source.prompt];
      if (!tokenIds) throw new Error('internal: a side reads the corrupted prompt and was given none');
      if (source.ranOn && sameIds(source.ranOn, tokenIds)) continue;
      source.ranOn = null;
      await source.run.execute(tokenIds, undefined, signal);
      source.ranOn = tokenIds;
    }
  }

  destroy(): void {
    for (const { run } of this.#runs) run.destroy();
  }
}

/** The hooks of one prompt that interventions read. */
export function hooksRead(interventions: readonly Intervention[], prompt: PromptName): HookName[] {
  const sources = interventions.map(sourceOf).filter((source) => source?.prompt === prompt);
  return [...new Set(sources.flatMap((source) => (source ? [source.hook] : [])))];
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}
