// The messages between page and worker: a closed union of plain data. One request, any number of progress reports, one answer.
import type {
  Amplification,
  Cause,
  DifferenceOf,
  Experiment,
  ExperimentMemory,
  ExperimentResult,
  HeadScores,
  HookName,
  Inspection,
  Intervention,
  Judgement,
  KernelView,
  Lengths,
  PathCell,
  PathSweep,
  PathSweepResult,
  PatternShow,
  RankBy,
  Ranking,
  RunSpec,
  Sampling,
  Shape,
  Sweep,
  SweepCell,
  SweepResult,
  Tolerance,
} from '../engine/index.ts';
import type { SourceErrorKind } from '../sources/sourceError.ts';
import type { Token } from '../tokenizer/token.ts';
import type {
  AdapterReport,
  CaptureFileSummary,
  Circuits,
  Continuations,
  Continued,
  HeadView,
  ModelSummary,
  Outputs,
  PatternAtlas,
  Predictions,
  Reading,
  Side,
} from './answers.ts';
import type { BudgetOutcome, ModelAnswers, ModelRequest, ModelToLoad } from './modelProtocol.ts';
import type { PaintAnswers, PaintRequest } from './paintProtocol.ts';
import type { Presentation } from './presenter.ts';
import type { ProfileAnswers, ProfileRequest } from './profileProtocol.ts';
import type { TrustAnswers, TrustProgress, TrustRequest } from './trustProtocol.ts';

export type LoadPhase = 'download' | 'verify' | 'upload' | 'compile';

/** A prompt run for itself, in one specification. */
type Prompted = {
  readonly spec: RunSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
};

export type Request =
  | { readonly kind: 'openDevice'; readonly on?: 'gpu' | 'processor' } // left out: the GPU
  | ModelRequest
  | TrustRequest
  | ProfileRequest
  | { readonly kind: 'loadModel'; readonly reference: ModelToLoad }
  | { readonly kind: 'heldModel' } // the one that is on the GPU now
  | { readonly kind: 'setBudget'; readonly budgetBytes: number | null } // null: as much as the adapter allows
  | { readonly kind: 'planMemory'; readonly experiment: Experiment; readonly lengths: Lengths }
  | { readonly kind: 'tokenize'; readonly text: string; readonly prependBos: boolean | 'model' }
  | { readonly kind: 'describeTokens'; readonly ids: readonly number[] }
  | {
      readonly kind: 'run';
      readonly experiment: Experiment;
      readonly tokenIds: readonly number[];
      readonly corruptedTokenIds?: readonly number[] | null; // left out or null where there is no corrupted prompt
      /** The run last made, of A alone and the same in all else: its A is taken as it stands. Left out or null: A runs. */
      readonly aOf?: number | null;
    }
  | { readonly kind: 'atlas'; readonly runId: number }
  | {
      readonly kind: 'head';
      readonly runId: number;
      readonly show: PatternShow;
      readonly layer: number;
      readonly head: number;
      /** Of a long prompt the values may stay on the GPU: ranges are answered, without levels, and windows are painted. Left out: no. */
      readonly stays?: Presentation;
    }
  | PaintRequest
  | { readonly kind: 'inspect'; readonly runId: number; readonly hook: HookName; readonly tolerance: Tolerance }
  | { readonly kind: 'judge'; readonly runId: number; readonly hook: HookName } // noise or bug?
  | { readonly kind: 'cause'; readonly runId: number; readonly hook: HookName } // an operation that differs by itself
  | { readonly kind: 'amplification'; readonly runId: number; readonly of: DifferenceOf }
  | { readonly kind: 'kernels'; readonly runId: number; readonly side: Side; readonly hook: HookName }
  | { readonly kind: 'compare'; readonly runId: number; readonly tolerance: Tolerance } // the ladder again, under another tolerance
  | { readonly kind: 'outputs'; readonly runId: number; readonly position: number }
  | { readonly kind: 'predictions'; readonly runId: number; readonly pair: Predictions['pair'] }
  | {
      readonly kind: 'table';
      readonly runId: number;
      readonly hook: HookName;
      readonly by: RankBy;
      readonly count: number;
    }
  | (Prompted & { readonly kind: 'sweep'; readonly sweep: Sweep })
  | (Prompted & { readonly kind: 'compileSweep'; readonly sweep: Sweep }) // one that may be asked for next
  | (Prompted & { readonly kind: 'paths'; readonly sweep: PathSweep })
  | (Prompted & { readonly kind: 'compilePaths'; readonly sweep: PathSweep })
  | (Prompted & {
      readonly kind: 'reading';
      readonly interventions: readonly Intervention[];
      readonly position: number;
      readonly tokens: readonly [token: number] | readonly [right: number, wrong: number];
    })
  | {
      readonly kind: 'mean'; // of a hook over all positions of these prompts
      readonly spec: RunSpec;
      readonly hook: HookName;
      readonly prompts: readonly (readonly number[])[];
    }
  | { readonly kind: 'circuits'; readonly layer: number; readonly head: number; readonly count: number }
  | {
      readonly kind: 'headScores'; // on BOS and random tokens twice, the mean of a few seeds
      readonly spec: RunSpec;
      readonly length: number;
      readonly prompts: number;
      readonly seed: number;
    }
  | {
      readonly kind: 'generate'; // under A, B or both, as the experiment's mode says
      readonly experiment: Experiment;
      readonly tokenIds: readonly number[];
      readonly corruptedTokenIds?: readonly number[] | null;
      readonly sampling: Sampling;
      readonly maxTokens: number;
    }
  | { readonly kind: 'openCaptures'; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly kind: 'values'; readonly runId: number; readonly side: Side; readonly hook: HookName };

export type RequestOf<K extends Request['kind']> = Extract<Request, { kind: K }>;

/** What each request is answered with. */
export type Answers = ModelAnswers &
  TrustAnswers &
  ProfileAnswers &
  PaintAnswers & {
    openDevice: AdapterReport;
    loadModel: ModelSummary;
    heldModel: ModelSummary | null;
    setBudget: BudgetOutcome;
    planMemory: ExperimentMemory;
    tokenize: readonly Token[];
    describeTokens: readonly Token[];
    run: ExperimentResult;
    atlas: PatternAtlas;
    head: HeadView;
    inspect: Inspection;
    judge: Judgement;
    cause: Cause;
    amplification: Amplification;
    kernels: readonly KernelView[]; // none where another engine ran
    compare: ExperimentResult['ladder'];
    outputs: Outputs;
    predictions: Predictions;
    table: Ranking;
    generate: Continuations;
    sweep: SweepResult;
    compileSweep: null;
    paths: PathSweepResult;
    compilePaths: null;
    mean: readonly number[];
    reading: Reading;
    circuits: Circuits;
    headScores: HeadScores;
    openCaptures: CaptureFileSummary;
    values: { readonly shape: Shape; readonly values: Float32Array<ArrayBuffer> };
  };

export type Progress =
  | TrustProgress
  | {
      readonly kind: 'load';
      readonly phase: LoadPhase;
      readonly done: number;
      readonly total: number;
      readonly unit: 'bytes' | 'pipelines';
      readonly etaMs?: number | null; // at the pace of the last seconds
      readonly note?: string | null; // what holds it up
    }
  | { readonly kind: 'run'; readonly side: Side; readonly phase: 'running' | 'comparing' }
  | { readonly kind: 'cause'; readonly done: number; readonly total: number } // trials of this round
  | { readonly kind: 'generate'; readonly side: Side; readonly token: Continued }
  | {
      readonly kind: 'sweep';
      readonly clean: number; // the metric of the run that nothing edits
      readonly corrupted: number | null; // of the corrupted prompt's own run
      readonly cells: readonly SweepCell[]; // new ones
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'paths';
      readonly clean: number; // the metric of both prompts' own runs
      readonly corrupted: number;
      readonly cells: readonly PathCell[]; // new ones
      readonly done: number;
      readonly total: number;
    };

/** Why something failed, as data: the page words the way on. */
export type Failure = {
  readonly kind:
    | 'no-webgpu'
    | 'no-adapter'
    | 'device-lost'
    | 'out-of-memory'
    | 'limit'
    | 'input'
    | SourceErrorKind
    | 'internal'
    | 'aborted';
  readonly message: string;
};

export type ToWorker =
  | { readonly id: number; readonly request: Request }
  | { readonly id: number; readonly abort: true }
  | { readonly id: number; readonly isPaused: boolean };

export type FromWorker =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly failure: Failure }
  | { readonly deviceLost: { readonly reason: string; readonly message: string } };
