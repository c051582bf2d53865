// The messages between page and worker: a closed union of plain data. One request, any number of progress reports, one answer.
import type {
  Amplification,
  Attribution,
  CanaryReport,
  Cause,
  CopyingScore,
  DifferenceOf,
  Experiment,
  ExperimentMemory,
  ExperimentResult,
  HeadAtlas,
  HeadScores,
  HookName,
  Inspection,
  Intervention,
  Judgement,
  KernelView,
  Lengths,
  ModelConfig,
  ModelReference,
  NotApplied,
  PathCell,
  PathSweep,
  PathSweepResult,
  PatternRow,
  PatternShow,
  PooledMatrix,
  RankBy,
  Ranking,
  RunSpec,
  Sampling,
  Shape,
  StopReason,
  Sweep,
  SweepCell,
  SweepResult,
  Tolerance,
} from '../engine/index.ts';
import type { SourceErrorKind } from '../sources/sourceError.ts';
import type { Token } from '../tokenizer/token.ts';
import type { BudgetOutcome, ModelAnswers, ModelOrigin, ModelRequest, ModelToLoad } from './modelProtocol.ts';
import type { ProfileAnswers, ProfileRequest } from './profileProtocol.ts';
import type { TrustAnswers, TrustProgress, TrustRequest } from './trustProtocol.ts';

export type Side = 'a' | 'b';

export type AdapterReport = {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isSoftware: boolean; // CPU emulation: slow, numbers valid
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly canary: CanaryReport | null; // null until it was measured, after the first result
};

export type ModelSummary = {
  readonly reference: ModelReference;
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly dtype: string; // of the checkpoint: 'bf16', or 'bf16, f32' where mixed
  readonly downloadBytes: number;
  readonly gpuBytes: number; // weights on the GPU
  readonly hash: string; // sha256 of the weights' bytes, hex
  readonly bosToken: Token | null;
  readonly prependsBos: boolean; // what 'model' means for this tokenizer
  readonly origin: ModelOrigin;
};

export type LoadPhase = 'download' | 'verify' | 'upload' | 'compile';

/** How a run rates a next token: rank from 0. */
export type Standing = { readonly logit: number; readonly probability: number; readonly rank: number };

/** The likeliest next tokens of both runs at one position: A's in order, then B's that A's have not. */
export type Outputs = {
  readonly position: number;
  readonly rows: readonly { readonly token: Token; readonly a: Standing | null; readonly b: Standing | null }[];
};

/** What both runs predict, at each position: [pos]. */
export type Predictions = {
  readonly pair: readonly [plusId: number, minusId: number];
  readonly kl: readonly number[] | null; // KL(A‖B) in nats; null unless both ran
  readonly differenceA: readonly number[] | null; // logit of plusId − logit of minusId
  readonly differenceB: readonly number[] | null;
};

/** One head of the runs that were made, and B − A where both were; null too where a file's captures have it not. */
export type HeadView = {
  readonly nPos: number;
  readonly a: PooledMatrix | null;
  readonly b: PooledMatrix | null;
  readonly delta: PooledMatrix | null;
};

/** Every head of A, or of B where A was not made; null where a file's captures lack some pattern. */
export type PatternAtlas = { readonly side: Side; readonly heads: HeadAtlas } | null;

/** One prediction of a run, read: what the stream says after each block, and what the logit is made of. */
export type Reading = {
  readonly position: number;
  readonly tokens: readonly Token[]; // one, or the two whose logits are set against each other
  readonly lens: readonly {
    readonly hook: HookName;
    readonly top: readonly { readonly token: Token; readonly probability: number }[];
    readonly chosen: readonly Standing[]; // of `tokens`
  }[];
  readonly attribution: Attribution;
  readonly whyNotByHead: string | null; // why attention is one part a layer; null where each head is one
};

export type TokenPairRow = { readonly from: Token; readonly to: Token; readonly score: number };

/** A head's circuits on the vocabulary: who attends to whom, and what attending to a token adds to which logit. */
export type Circuits = {
  readonly qk: readonly TokenPairRow[]; // query → key, largest score first
  readonly ov: readonly TokenPairRow[]; // attended token → logit, largest effect first
  readonly copying: CopyingScore;
};

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
    }
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

/** A token of a continuation, as it was chosen. */
export type Continued = {
  readonly token: Token;
  readonly position: number; // in the whole text
  readonly probability: number; // before temperature, top-k and top-p
  readonly elapsedMs: number; // since the one before it of the same side
  readonly pattern: PatternRow | null; // what the row that chose it attended to, in the layer looked at
};

/** How a side's continuation ended. */
export type Ended = { readonly stopped: StopReason; readonly notApplied: readonly NotApplied[] };

/** How each side's continuation ended; null where it did not run. */
export type Continuations = { readonly a: Ended | null; readonly b: Ended | null };

/** What a dropped capture file holds. */
export type CaptureFileSummary = {
  readonly fileName: string;
  readonly format: 'safetensors' | 'npz' | 'npy';
  readonly groups: readonly { readonly prefix: string; readonly tensors: number }[];
  readonly unread: readonly { readonly name: string; readonly why: string }[];
};

export type RequestOf<K extends Request['kind']> = Extract<Request, { kind: K }>;

/** What each request is answered with. */
export type Answers = ModelAnswers &
  TrustAnswers &
  ProfileAnswers & {
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
