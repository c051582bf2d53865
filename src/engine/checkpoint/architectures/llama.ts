// Llama and the models built like it: RMSNorm, rotary, gated MLP, grouped queries. Mistral, Qwen-2, Qwen-3, Mixtral and Phi-3 differ by fields.
// Defaults: transformers configuration_NAME.py.
import { CheckpointError } from '../checkpointError.ts';
import { count, countFromZero, countOrNull, type Fields, flag, positive, text } from '../configFields.ts';
import { readWindows } from '../layerWindows.ts';
import type { ModelConfig } from '../modelConfig.ts';
import { readRotary } from '../rotaryFields.ts';
import { type Architecture, NO_BIASES, type WeightNames } from './architecture.ts';
import { type HeadDefaults, readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';

type LlamaDefaults = HeadDefaults & {
  readonly nCtx: number; // where max_position_embeddings is missing
  readonly ropeBase?: number;
  readonly normEps?: number;
  readonly partial?: true; // only Phi-3 has partial_rotary_factor
};

export const LLAMA_NAMES: WeightNames = {
  bases: ['model.'],
  layout: 'linear',
  embed: 'embed_tokens',
  positions: null,
  embedNorm: null,
  layers: 'layers',
  ln1: 'input_layernorm',
  qkv: { kind: 'separate', q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj' },
  qNorm: null,
  kNorm: null,
  attnOut: 'self_attn.o_proj',
  ln1Post: null,
  ln2: 'post_attention_layernorm',
  mlp: { kind: 'gated', gate: 'mlp.gate_proj', up: 'mlp.up_proj', down: 'mlp.down_proj' },
  ln2Post: null,
  lnFinal: 'norm',
  unembed: ['lm_head'],
  biases: NO_BIASES,
};

function llamaConfig(fields: Fields, defaults: LlamaDefaults): ModelConfig {
  const nLayers = readLayerCount(fields);
  const heads = readHeads(fields, nLayers, defaults);
  const nCtx = count(fields, 'max_position_embeddings', defaults.nCtx);
  const rotary = readRotary(fields, {
    dHead: heads.dHead,
    nCtx,
    base: defaults.ropeBase ?? 10000,
    fraction: 1,
    ...(defaults.partial ? { oddWidth: 'rounded up', originalNCtx: 4096 } : {}),
  });
  if (!defaults.partial && rotary.dim !== heads.dHead) {
    throw new CheckpointError(
      `${fields.where} turns ${rotary.dim} of d_head = ${heads.dHead}; a model of type ${text(fields, 'model_type')} turns all of it.`,
    );
  }
  return {
    ...USUAL,
    ...heads,
    modelType: text(fields, 'model_type'),
    nLayers,
    dMlp: count(fields, 'intermediate_size'),
    dVocab: count(fields, 'vocab_size'),
    nCtx,
    normalization: 'RMS',
    normEps: positive(fields, 'rms_norm_eps', defaults.normEps ?? 1e-6),
    rotary: repeat(nLayers, rotary),
    windows: repeat(nLayers, null),
    activation: readActivation(fields, 'hidden_act', 'silu'),
    gatedMlp: true,
    tiedUnembedding: flag(fields, 'tie_word_embeddings', false),
  };
}

export const LLAMA: Architecture = {
  modelTypes: ['llama'],
  classes: ['LlamaForCausalLM'],
  readConfig: (fields) => llamaConfig(fields, { nCtx: 2048 }),
  names: (fields) => {
    const attention = flag(fields, 'attention_bias', false);
    const biases = { ...NO_BIASES, qkv: attention, attnOut: attention, mlp: flag(fields, 'mlp_bias', false) };
    return { ...LLAMA_NAMES, biases };
  },
};

export const MISTRAL: Architecture = {
  modelTypes: ['mistral'],
  classes: ['MistralForCausalLM'],
  readConfig: (fields) => {
    const config = llamaConfig(fields, { nCtx: 131072, nKeyValueHeads: 8 });
    return { ...config, windows: repeat(config.nLayers, countOrNull(fields, 'sliding_window', 4096)) };
  },
  names: () => LLAMA_NAMES,
};

export const MIXTRAL: Architecture = {
  modelTypes: ['mixtral'],
  classes: ['MixtralForCausalLM'],
  readConfig: (fields) => {
    const config = llamaConfig(fields, { nCtx: 131072, nKeyValueHeads: 8, ropeBase: 1e6, normEps: 1e-5 });
    return {
      ...config,
      windows: repeat(config.nLayers, countOrNull(fields, 'sliding_window', null)),
      experts: readExperts(fields),
    };
  },
  names: () => ({
    ...LLAMA_NAMES,
    mlp: {
      kind: 'experts',
      router: 'block_sparse_moe.gate',
      experts: 'block_sparse_moe.experts',
      gate: 'w1',
      up: 'w3',
      down: 'w2',
      stacked: { router: 'mlp.gate', gateUp: 'mlp.experts.gate_up_proj', down: 'mlp.experts.down_proj' },
    },
  }),
};

export const QWEN2: Architecture = {
  modelTypes: ['qwen2'],
  classes: ['Qwen2ForCausalLM'],
  readConfig: (fields) => qwenConfig(fields, { nCtx: 32768, nKeyValueHeads: 32 }),
  names: () => ({ ...LLAMA_NAMES, biases: { ...NO_BIASES, qkv: true } }),
};

export const QWEN3: Architecture = {
  modelTypes: ['qwen3'],
  classes: ['Qwen3ForCausalLM'],
  readConfig: (fields) => ({ ...qwenConfig(fields, { nCtx: 32768, nKeyValueHeads: 32, dHead: 128 }), qkNorm: 'RMS' }),
  names: (fields) => {
    const attention = flag(fields, 'attention_bias', false);
    return {
      ...LLAMA_NAMES,
      qNorm: 'self_attn.q_norm',
      kNorm: 'self_attn.k_norm',
      biases: { ...NO_BIASES, qkv: attention, attnOut: attention },
    };
  },
};

export const PHI3: Architecture = {
  modelTypes: ['phi3'],
  classes: ['Phi3ForCausalLM'],
  readConfig: (fields) => {
    const config = llamaConfig(fields, { nCtx: 4096, normEps: 1e-5, partial: true });
    return { ...config, windows: repeat(config.nLayers, countOrNull(fields, 'sliding_window', null)) };
  },
  names: () => ({
    ...LLAMA_NAMES,
    qkv: { kind: 'concatenated', qkv: 'self_attn.qkv_proj' },
    mlp: { kind: 'gateUp', gateUp: 'mlp.gate_up_proj', down: 'mlp.down_proj' },
  }),
};

/** Qwen's windows: off by default; in configs without layer_types, the first max_window_layers layers have none. */
function qwenConfig(fields: Fields, defaults: LlamaDefaults): ModelConfig {
  const config = llamaConfig(fields, defaults);
  const window = flag(fields, 'use_sliding_window', false) ? countOrNull(fields, 'sliding_window', 4096) : null;
  const firstSliding = window === null ? config.nLayers : countFromZero(fields, 'max_window_layers', 28);
  const windows = readWindows(fields, config.nLayers, window, (layer) => layer >= firstSliding);
  return { ...config, windows };
}

function readExperts(fields: Fields): { count: number; perToken: number } {
  const experts = { count: count(fields, 'num_local_experts', 8), perToken: count(fields, 'num_experts_per_tok', 2) };
  if (experts.perToken > experts.count || experts.count > 1024) {
    throw new CheckpointError(
      `${fields.where} has ${experts.perToken} of ${experts.count} experts per token, expected no more than there are (and at most 1024).`,
    );
  }
  return experts;
}
