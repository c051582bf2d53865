// Run B once more with every operation fed A's activations in place of its own: what differs now differs by that operation alone.
// It keeps what B computes at each hook, and hands on what A had there (teacher forcing). Hooks that A has in another shape, or not at
// all, hand on B's own, which were made of A's inputs.
import type { LadderRow } from '../analysis/comparison.ts';
import { PreparedLadder } from '../analysis/preparedLadder.ts';
import type { Capture } from '../capture/capture.ts';
import type { CaptureRequest } from '../capture/captureRequest.ts';
import type { Model } from '../model/model.ts';
import { type PreparedRun, prepareRun } from '../model/prepareRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';
import type { Tolerance } from './experiment.ts';
import type { SideEdits } from './preparedSide.ts';
import type { RunSpec } from './runSpec.ts';

/** Says why B's operations cannot be fed A's activations; null where they can. */
export function whyNoLocal({ engine }: Pick<RunSpec, 'engine'>): string | null {
  return engine === 'webgpu'
    ? null
    : `engine=${engine} runs whole models: its operations cannot be fed A's activations one by one; use engine=webgpu`;
}

export type LocalOptions = {
  readonly nPos: number;
  readonly edits?: SideEdits; // B's; left out: none
  readonly capture?: CaptureRequest; // what both runs kept; left out: 'standard'
};

/** B's operations on A's activations, ready to run. The capture must outlive it; whoever made it frees it by `destroy`. */
export class LocalRun {
  readonly a: Capture;
  readonly #run: PreparedRun;
  readonly #ladder: PreparedLadder;

  private constructor(a: Capture, run: PreparedRun, ladder: PreparedLadder) {
    this.a = a;
    this.#run = run;
    this.#ladder = ladder;
  }

  /** Plans the run, with B's interventions, and its comparison with A. Throws what `prepareRun` throws, having freed what it made. */
  static async make(
    model: Model,
    spec: ForwardSpec,
    a: Capture,
    { nPos, edits = {}, capture = 'standard' }: LocalOptions,
  ): Promise<LocalRun> {
    const base = { model, spec, batch: 1, nPos, capture, headInputs: 'shared' } as const;
    const run = await prepareRun({ ...base, ...edits, feed: a });
    try {
      return new LocalRun(a, run, await PreparedLadder.make(a, run.capture));
    } catch (error) {
      run.destroy();
      throw error;
    }
  }

  /** What each operation made of A's activations. */
  get capture(): Capture {
    return this.#run.capture;
  }

  /** Runs once on the prompt that A ran. */
  execute(tokenIds: readonly number[]): Promise<void> {
    return this.#run.execute(tokenIds);
  }

  /** Puts each hook's own difference beside the accumulated one of `rows`. */
  async addTo(rows: readonly LadderRow[], tolerance: Tolerance): Promise<LadderRow[]> {
    const own = new Map((await this.#ladder.run(tolerance)).map(({ hook, summary }) => [hook, summary]));
    return rows.map((row) => ({ ...row, local: own.get(row.hook) ?? null }));
  }

  destroy(): void {
    this.#ladder.destroy();
    this.#run.destroy();
  }
}
