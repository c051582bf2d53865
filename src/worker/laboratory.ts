// What the page asks of a difference: noise or bug, its cause, what blocks make of it, and the kernels that computed a hook. All of the run
// that is kept.
import {
  type Amplification,
  Capture,
  type Captured,
  type Checkpoint,
  type DifferenceOf,
  type ExperimentResult,
  findCause,
  type Intervention,
  type JudgedSide,
  judgeHook,
  kernelViews,
  type Model,
  measureAmplification,
  type RunReport,
  whyNoAmplification,
  whyNoCause,
  whyNoCauseUnder,
} from '../engine/index.ts';
import type { Side } from './answers.ts';
import { type Handlers, KnownFailure } from './host.ts';
import type { Ran } from './runner.ts';

/** A run that is kept, on the model that made it. */
export type LaboratoryRun = Omit<Ran, 'result' | 'compare'> & {
  readonly model: Model | null; // null on the processor
  readonly checkpoint: Checkpoint;
  readonly tokenIds: readonly number[];
  readonly interventions: readonly Intervention[]; // of the experiment
  readonly reports: Pick<ExperimentResult, Side>;
};

export type LaboratoryBench = {
  readonly run: (runId: number) => LaboratoryRun;
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
};

type LaboratoryQuestion = 'judge' | 'cause' | 'amplification' | 'kernels';

/** The handlers of the laboratory over a bench. */
export function laboratoryHandlers({ run, inTurn }: LaboratoryBench): Pick<Handlers, LaboratoryQuestion> {
  return {
    judge: ({ runId, hook }, { signal }) =>
      inTurn(() => {
        const made = run(runId);
        const { checkpoint, tokenIds, local } = made;
        const sides = { a: judgedSide(made, 'a'), b: judgedSide(made, 'b') };
        return judgeHook({ checkpoint, hook, tokenIds, ...sides, local, signal, pause });
      }),
    cause: ({ runId, hook }, { signal, onProgress }) =>
      inTurn(async () => {
        const made = run(runId);
        const { model, tokenIds } = made;
        const [a, b] = [sideOf(made, 'a'), sideOf(made, 'b')];
        const why =
          whyNoCause(a.report.spec, b.report.spec) ?? whyNoCauseUnder(a.report.notApplied, b.report.notApplied);
        if (why !== null || !model || !made.prepared.a) throw new KnownFailure('input', why ?? NO_GPU);
        return findCause({
          model,
          tokenIds,
          hook,
          a: { spec: a.report.spec, capture: made.prepared.a.run.capture, edits: made.prepared.a.edits },
          b: b.report.spec,
          ...(made.prepared.b && { bEdits: made.prepared.b.edits }),
          onTrial: (done, total) => onProgress({ kind: 'cause', done, total }),
          signal,
        });
      }),
    amplification: ({ runId, of }, { signal }) => inTurn(() => amplificationOf(run(runId), of, signal)),
    kernels: async ({ runId, side, hook }) => {
      const prepared = run(runId).prepared[side];
      return prepared ? kernelViews(prepared.run, hook) : [];
    },
  };
}

/** Lets an abort be heard. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

const NO_GPU = 'This is asked by running operations again, which needs WebGPU.';
const ONE_RUN = 'Only one run was made. Choose Compare: a difference is between two.';

/** A's blocks on B's streams; on injected ones, the blocks of whichever ran. */
function amplificationOf(made: LaboratoryRun, of: DifferenceOf, signal: AbortSignal): Promise<Amplification> {
  const { model, tokenIds, prepared, reports, b } = made;
  const side = of.kind === 'injected' && !prepared.a ? 'b' : 'a';
  const [ran, report] = [prepared[side], reports[side]];
  if (!model || !ran || !report) {
    const why = report ? whyNoAmplification(report.spec) : ONE_RUN;
    throw new KnownFailure('input', why ?? NO_GPU);
  }
  const a = { spec: report.spec, capture: ran.run.capture, edits: ran.edits };
  return measureAmplification({ model, tokenIds, of, a, b: b instanceof Capture ? b : null, signal });
}

function sideOf(run: LaboratoryRun, side: Side): { readonly report: RunReport; readonly capture: Captured } {
  const [report, capture] = [run.reports[side], run[side]];
  if (report && capture) return { report, capture };
  throw new KnownFailure('input', ONE_RUN);
}

function judgedSide(run: LaboratoryRun, side: Side): JudgedSide {
  const { report, capture } = sideOf(run, side);
  const left = new Set(report.notApplied.map(({ index }) => index));
  const applied = run.interventions.filter((edit, index) => edit.enabled && !left.has(index));
  return { spec: report.spec, capture, applied, sources: async () => (await run.prepared[side]?.readSources()) ?? {} };
}
