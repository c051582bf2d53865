// What the worker answers with, in the page's words: plain data, tokens named. The requests that ask for it are protocol.ts's.
import type {
  Attribution,
  CanaryReport,
  CopyingScore,
  HeadAtlas,
  HookName,
  ModelConfig,
  ModelReference,
  NotApplied,
  PatternRow,
  PooledMatrix,
  StopReason,
} from '../engine/index.ts';
import type { Token } from '../tokenizer/token.ts';
import type { ModelOrigin } from './modelProtocol.ts';

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

/**
 * One head of the runs that were made, and B − A where both were; null too where a file's captures have it not. Without levels where the
 * values stayed on the GPU.
 */
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
