// The state of a sitting: plain and serialisable. Only actions (`actions.ts`) write it; what can be computed is not kept.
import type {
  Amplification,
  Cause,
  Continuation,
  Experiment,
  ExperimentMemory,
  ExperimentResult,
  HeadScores,
  HookName,
  Inspection,
  Judgement,
  KernelView,
  LadderRow,
  PathCell,
  PathSweep,
  PatternShow,
  Probe,
  Ranking,
  Reproduction,
  RunSpec,
  Sweep,
  SweepCell,
  Verification,
} from '../engine/index.ts';
import type { Token } from '../tokenizer/token.ts';
import type {
  AdapterReport,
  Circuits,
  Continued,
  Ended,
  HeadView,
  ModelSummary,
  Outputs,
  PatternAtlas,
  Predictions,
  Reading,
  Side,
} from '../worker/answers.ts';
import type { CacheReport, ModelOffer } from '../worker/modelProtocol.ts';
import type { Profile } from '../worker/profileProtocol.ts';
import type { Failure, Progress } from '../worker/protocol.ts';
import type { Edits } from './edits.ts';
import type { LogEntry, Notice } from './logEntry.ts';

export type Gate =
  | { readonly status: 'opening' }
  | { readonly status: 'open'; readonly adapter: AdapterReport }
  | { readonly status: 'without'; readonly failure: Failure } // no WebGPU or no adapter: everything runs on the processor
  | { readonly status: 'closed'; readonly failure: Failure } // there is a GPU, and it could not be opened
  | { readonly status: 'lost'; readonly reason: string; readonly message: string };

export type ModelState =
  | { readonly status: 'none' }
  | { readonly status: 'looking'; readonly name: string; readonly note: string | null } // at what the hub has; what holds it up
  | { readonly status: 'asks'; readonly name: string; readonly offer: ModelOffer } // nothing is downloaded before a click
  | { readonly status: 'needs-files'; readonly name: string; readonly hash: string } // a link to a local model
  | {
      readonly status: 'loading';
      readonly name: string;
      readonly progress: Progress | null;
      readonly isPaused: boolean;
    }
  | { readonly status: 'ready'; readonly model: ModelSummary }
  | { readonly status: 'failed'; readonly name: string; readonly failure: Failure };

export type RunState =
  | { readonly status: 'idle' }
  | { readonly status: 'running'; readonly progress: Progress | null }
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly failure: Failure };

/** What the panels show of the last finished run; kept, marked stale, while a newer one is wanted or under way. */
export type Shown = {
  readonly experiment: Experiment; // as it was run
  readonly result: ExperimentResult;
  readonly ladder: readonly LadderRow[]; // under the tolerance of now
  readonly tokens: readonly Token[];
  readonly atlas: PatternAtlas;
  readonly heads: (HeadView & { readonly layer: number; readonly head: number; readonly show: PatternShow }) | null;
  readonly inspection: Inspection | null;
  readonly outputs: Outputs | null;
  readonly predictions: Predictions | null; // asked for while the Outputs are open
  readonly ranking: Ranking | null; // asked for while the Table is open
  readonly profile: Asked<Profile>; // measured when the reader asks
  readonly amplification: Asked<Amplification>; // asked for while its curve is open
};

/** Where models are looked for. The token itself is in the worker's memory alone. */
export type HubState = { readonly endpoint: string; readonly hasToken: boolean; readonly problem: string | null };

/** How many bytes the GPU may hold for this page; null: as many as the adapter allows. */
export type BudgetState = { readonly bytes: number | null; readonly problem: string | null };

/** What sweeps and readings run: one specification on the prompts of then. Another than now's makes their results stale. */
export type RanOn = {
  readonly spec: RunSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
};

/** How long work stands; `cancelled`: ended before it was done, what has come stays. */
export type JobStatus = 'running' | 'done' | 'cancelled';

/** Many runs of one prompt that each change one thing, and what each did to a metric. */
export type CellRun<Asked, Cell> = {
  readonly asked: Asked;
  readonly on: RanOn;
  readonly status: JobStatus;
  readonly clean: number | null; // the metric of the clean prompt's own run; null until it is known
  readonly corrupted: number | null;
  readonly cells: readonly Cell[]; // those that have come
  readonly total: number; // 0 until it is known
};

export type SweepRun = CellRun<Sweep, SweepCell>;
export type PathRun = CellRun<PathSweep, PathCell>;

/** Sweeps of edits and of paths, by their field of the experiment. */
export type SweepKind = 'sweep' | 'paths';

/** What one side has written so far, and how it ended; null while it goes on or where it was stopped. */
export type Written = { readonly tokens: readonly Continued[]; readonly ended: Ended | null };

export type ContinuationRun = {
  readonly continuation: Continuation;
  readonly experiment: Experiment; // under which it was written
  readonly prompt: readonly Token[];
  readonly status: JobStatus;
  readonly a: Written | null; // null where this side does not run
  readonly b: Written | null;
};

/** An answer that was asked for by itself; the last one stays while the next is under way. */
export type Asked<T> = { readonly value: T | null; readonly isAsking: boolean; readonly problem: string | null };

/** What was asked of the chosen hook's difference; another hook or run makes it another's. */
export type Laboratory = {
  readonly runId: number;
  readonly hook: HookName;
  readonly judgement: Asked<Judgement>;
  readonly cause: Asked<Cause>;
  readonly trials: { readonly done: number; readonly total: number } | null; // while a cause is looked for
  readonly kernels: Asked<Readonly<Record<Side, readonly KernelView[]>>>;
};

export type HeadReading = { readonly layer: number; readonly head: number; readonly circuits: Circuits };

export type SessionState = {
  readonly gate: Gate;
  readonly model: ModelState;
  readonly hub: HubState;
  readonly cache: CacheReport | null; // null until it was looked at
  readonly budget: BudgetState;
  readonly memory: ExperimentMemory | null; // of the run that was last begun, as planned before it; null until then
  readonly experiment: Experiment; // what is wanted
  readonly tokens: readonly Token[]; // of the prompt as it stands
  readonly corruptedTokens: readonly Token[] | null; // null where there is no corrupted prompt
  readonly run: RunState;
  readonly shown: Shown | null;
  readonly stale: boolean; // shown.experiment is not experiment (view and tolerance apart)
  readonly reproduction: Reproduction | null; // after a link with a fingerprint was run
  readonly opened: Experiment | null; // as the last link that was opened has it
  readonly linkProblem: string | null; // what was wrong with the opened link, in a sentence
  readonly selectedPosition: number; // of the Outputs and the token chips; −1 before the first run: then the last
  readonly sweep: SweepRun | null;
  readonly sweepProblem: string | null; // why the last sweep that was wanted did not run
  readonly paths: PathRun | null;
  readonly pathsProblem: string | null;
  readonly continuation: ContinuationRun | null;
  readonly continuationProblem: string | null;
  readonly isTakingMean: boolean; // over prompts, for a row of the interventions
  readonly reading: Asked<Reading & { readonly on: RanOn }>; // of the chosen position
  readonly circuits: Asked<HeadReading>;
  readonly repeatedScores: Asked<HeadScores>; // on repeated random tokens
  readonly caseAt: { readonly id: string; readonly step: number } | null; // the case of the gallery that is open
  readonly probe: Probe | null; // what that case asked beside its run
  readonly verification: Verification | null; // of this device; null until it is asked for
  readonly laboratory: Laboratory | null; // null before the first question
  readonly foundCause: { readonly runId: number; readonly cause: Cause } | null; // the last one, whatever hook is chosen now
  readonly notice: Notice | null; // aria-live
  readonly edits: Edits; // what undo and redo go to
  readonly log: readonly LogEntry[]; // oldest first
};
