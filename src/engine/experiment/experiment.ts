// Experiment: everything that a person set up, and nothing that was computed. Plain JSON, versioned by the link's schema.
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Continuation } from './generation/generation.ts';
import type { PathSweep } from './path/pathSweep.ts';
import { DEFAULT_RUN_SPEC, type RunSpec, SPLIT_RUN_SPEC } from './runSpec.ts';
import type { Sweep } from './sweep/sweep.ts';

export type ModelReference =
  | { readonly source: 'bundled'; readonly name: string }
  | { readonly source: 'hub'; readonly repo: string; readonly revision: string }
  | { readonly source: 'local'; readonly name: string; readonly hash: string };

export type Tolerance = { readonly atol: number; readonly rtol: number }; // |b − a| ≤ atol + rtol·|a|; A is the reference

export type Prompt = {
  readonly text: string;
  readonly prependBos: boolean | 'model'; // 'model': as the tokenizer's config says
  readonly tokenIds: readonly number[] | null; // typed or pinned ids win over text
};

export type Mode = 'fused' | 'split' | 'compare';

export type PatternShow = 'pattern' | 'scores' | 'weighted'; // weighted: each key's share times the length of its value vector
export type PatternSide = 'a' | 'b' | 'delta' | 'absDelta' | 'beside' | 'swipe'; // beside, swipe: A and B at once

/** What the reader looks at: chosen hook, head and view. */
export type View = {
  readonly hook: HookName; // shown in the Inspector
  readonly layer: number;
  readonly head: number;
  readonly show: PatternShow;
  readonly side: PatternSide;
  readonly cell: readonly [queryPos: number, keyPos: number] | null; // locked crosshair
};

export type Experiment = {
  readonly model: ModelReference;
  readonly prompt: Prompt; // the clean one: what A and B run
  readonly corrupted: Prompt | null; // what interventions may take activations from; of as many tokens
  readonly mode: Mode; // fused: only A runs; split: only B runs; compare: both
  readonly a: RunSpec;
  readonly b: RunSpec;
  readonly tolerance: Tolerance;
  readonly interventions: readonly Intervention[];
  readonly sweep: Sweep | null; // asked of the prompts beside the runs; so are the two below
  readonly paths: PathSweep | null;
  readonly continuation: Continuation | null;
  readonly view: View;
  readonly fingerprint: Fingerprint | null; // of the sender's result
};

/** TransformerLens #519's tolerance: the one that split QKV failed there. */
export const TRANSFORMER_LENS_TOLERANCE: Tolerance = { atol: 5e-4, rtol: 1e-5 };

export const DEFAULT_EXPERIMENT: Experiment = {
  model: { source: 'bundled', name: 'demo-gqa' },
  prompt: {
    text: 'When Mary and John went to the store, John gave a drink to',
    prependBos: 'model',
    tokenIds: null,
  },
  corrupted: null,
  mode: 'compare',
  a: DEFAULT_RUN_SPEC,
  b: SPLIT_RUN_SPEC,
  tolerance: TRANSFORMER_LENS_TOLERANCE,
  interventions: [],
  sweep: null,
  paths: null,
  continuation: null,
  view: {
    hook: 'blocks.1.attn.hook_pattern',
    layer: 1,
    head: 7, // demo-gqa's clearest induction head
    show: 'pattern',
    side: 'a',
    cell: null,
  },
  fingerprint: null,
};
