// Runs experiments for the workbench, on the GPU or, without one, on the processor: the same answers, captures wherever they lie.
import {
  type Captured,
  type Checkpoint,
  compareHeld,
  type Experiment,
  type ExperimentResult,
  ExperimentRunner,
  type LadderRow,
  type Model,
  type OtherEngines,
  type PreparedSide,
  ProcessorRunner,
  type RunOptions,
  type Tolerance,
} from '../engine/index.ts';

/** What was run: both sides' captures, and the comparison again under another rule. */
export type Ran = {
  readonly result: Omit<ExperimentResult, 'runId'>;
  readonly a: Captured | null;
  readonly b: Captured | null;
  readonly prepared: { readonly a: PreparedSide | null; readonly b: PreparedSide | null }; // null: not by our kernels
  readonly local: Captured | null; // B's operations on A's activations, where they were run
  readonly compare: (tolerance: Tolerance) => Promise<readonly LadderRow[]>; // none unless both ran
};

export type Runner = {
  readonly run: (experiment: Experiment, tokenIds: readonly number[], options: RunOptions) => Promise<Ran>;
  readonly destroy: () => void;
};

type About = { readonly modelHash: string; readonly appVersion: string };

/** Runs on the model's GPU; other engines' captures are put there too. */
export function runnerOnGpu(model: Model, about: About, engines: OtherEngines): Runner {
  const runner = new ExperimentRunner(model, about, engines);
  return {
    run: async (...asked) => {
      const { result, a, b } = await runner.run(...asked);
      const compare = async (tolerance: Tolerance) => (a && b ? runner.compare(a.capture, b.capture, tolerance) : []);
      const prepared = { a: a?.prepared ?? null, b: b?.prepared ?? null };
      return { result, a: a?.capture ?? null, b: b?.capture ?? null, prepared, local: runner.local, compare };
    },
    destroy: () => runner.destroy(),
  };
}

/** Runs on the engines that need no GPU. */
export function runnerOnProcessor({ config }: Checkpoint, about: About, engines: OtherEngines): Runner {
  const runner = new ProcessorRunner({ ...about, config }, engines);
  return {
    run: async (...asked) => {
      const { result, a, b } = await runner.run(...asked);
      const compare = async (tolerance: Tolerance) => (a && b ? compareHeld(a.capture, b.capture, tolerance) : []);
      const prepared = { a: null, b: null };
      return { result, a: a?.capture ?? null, b: b?.capture ?? null, prepared, local: null, compare };
    },
    destroy: () => {},
  };
}
