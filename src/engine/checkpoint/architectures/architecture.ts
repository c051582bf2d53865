// Architecture: one row of the table of supported models. How its config.json becomes fields, and what its weights are called.
import type { Fields } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';

export type Architecture = {
  readonly modelTypes: readonly string[]; // config.json's model_type
  readonly classes: readonly string[]; // config.json's architectures: the classes that have an unembedding
  readonly readConfig: (fields: Fields) => ModelConfig;
  readonly names: (fields: Fields) => WeightNames;
};

/** Which linear layers have a bias. */
export type Biases = {
  readonly qkv: boolean;
  readonly attnOut: boolean;
  readonly mlp: boolean;
  readonly unembed: boolean;
};

export type QkvNames =
  | { readonly kind: 'separate'; readonly q: string; readonly k: string; readonly v: string }
  | { readonly kind: 'concatenated'; readonly qkv: string } // all q heads, then all k, then all v
  | { readonly kind: 'interleaved'; readonly qkv: string }; // by head: [n_heads, 3, d_head]

export type MlpNames =
  | { readonly kind: 'plain'; readonly up: string; readonly down: string }
  | { readonly kind: 'gated'; readonly gate: string; readonly up: string; readonly down: string }
  | { readonly kind: 'gateUp'; readonly gateUp: string; readonly down: string } // gate's rows, then up's
  | {
      readonly kind: 'experts';
      readonly router: string;
      readonly experts: string; // 'block_sparse_moe.experts': then .E.gate
      readonly gate: string;
      readonly up: string;
      readonly down: string;
      readonly stacked: StackedExperts; // looked for first
    };

/** All experts of a block in one tensor each, [n_experts, d_out, d_in], as transformers 5 holds them: whole names, without `.weight`. */
export type StackedExperts = { readonly router: string; readonly gateUp: string; readonly down: string };

/** A checkpoint's names, without `.weight` and `.bias`. Those of a block stand after `${base}${layers}.L.`. */
export type WeightNames = {
  readonly bases: readonly string[]; // before every name but the unembedding's; the first whose embedding is there
  readonly layout: 'linear' | 'conv1d'; // linear: [d_out, d_in]; conv1d: [d_in, d_out], GPT-2's
  readonly embed: string;
  readonly positions: string | null;
  readonly projectIn?: string; // from the embedding's width to d_model, and back before the unembedding; used where they differ
  readonly projectOut?: string;
  readonly embedNorm: string | null;
  readonly layers: string;
  readonly ln1: string;
  readonly qkv: QkvNames;
  readonly qNorm: string | null;
  readonly kNorm: string | null;
  readonly attnOut: string;
  readonly ln1Post: string | null;
  readonly ln2: string | null;
  readonly mlp: MlpNames;
  readonly ln2Post: string | null;
  readonly lnFinal: string | null;
  readonly unembed: readonly string[]; // whole names; the first that is there
  readonly biases: Biases;
};

export const NO_BIASES: Biases = { qkv: false, attnOut: false, mlp: false, unembed: false };
