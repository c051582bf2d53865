// What a continuation is asked for and what comes of it: plain data but for the logits' arrays.
import type { Intervention } from '../../hooks/intervention.ts';
import type { Model } from '../../model/model.ts';
import type { RunSpec } from '../runSpec.ts';
import type { Sampling } from '../sampling.ts';

/** How a prompt is continued, as a link holds it. */
export type Continuation = {
  readonly sampling: Sampling;
  readonly maxTokens: number; // at least 1
};

export type GenerationRequest = {
  readonly model: Model;
  readonly spec: RunSpec;
  readonly nPrompt: number;
  readonly nCorrupted: number | null; // tokens of the corrupted prompt; null where there is none
  readonly maxTokens: number; // of the continuation, at least 1
  readonly interventions: readonly Intervention[];
  readonly patternLayers: readonly number[]; // whose pattern rows are read with each token
};

export type ContinueOptions = {
  readonly sampling: Sampling;
  readonly endIds: readonly number[]; // tokens that end a text
  readonly signal?: AbortSignal;
};

/** The row of one layer's pattern in which a token was chosen: what it attended to. */
export type PatternRow = { readonly layer: number; readonly values: Float32Array<ArrayBuffer> }; // [n_heads, keys]

/** One token of a continuation. */
export type GeneratedToken = {
  readonly id: number;
  readonly position: number; // where it stands in the whole text
  readonly logits: Float32Array<ArrayBuffer>; // that it was chosen from: [d_vocab]
  readonly patterns: readonly PatternRow[]; // of position − 1, one a layer asked for
  readonly elapsedMs: number; // from the token before it, or the start, until it was chosen
};

/** `rotary`: another token would turn the positions before it by other angles (checkpoint/promptLength.ts). */
export type StopReason = 'length' | 'context' | 'rotary' | 'end-token';
