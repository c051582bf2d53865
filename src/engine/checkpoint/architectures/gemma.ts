// Gemma 1, 2 and 3 (text): Llama's shape with (1 + w) norms, an embedding scaled by √d_model, tanh GELU, and from 2 on norms after
// attention and MLP, soft caps (2) or norms on q and k (3), and sliding windows. Defaults: transformers configuration_gemma*.py.
import {
  count,
  countOrNull,
  type Fields,
  flag,
  nested,
  positive,
  positiveOrNull,
  refuseUnless,
} from '../configFields.ts';
import { readWindows } from '../layerWindows.ts';
import type { ModelConfig, RotaryConfig } from '../modelConfig.ts';
import { readRope, readRotary } from '../rotaryFields.ts';
import { type Architecture, NO_BIASES, type WeightNames } from './architecture.ts';
import { type HeadDefaults, readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';
import { LLAMA_NAMES } from './llama.ts';

const NORMS_AFTER: Partial<WeightNames> = {
  ln1Post: 'post_attention_layernorm',
  ln2: 'pre_feedforward_layernorm',
  ln2Post: 'post_feedforward_layernorm',
};

/** What the three share; rotary and windows are each one's own. */
function gemmaConfig(fields: Fields, defaults: HeadDefaults): Omit<ModelConfig, 'modelType' | 'rotary'> {
  refuseUnless(fields, 'use_bidirectional_attention', false, false, 'Splitscope runs causal models only.');
  const nLayers = readLayerCount(fields);
  const heads = readHeads(fields, nLayers, { dHead: 256, ...defaults });
  return {
    ...USUAL,
    ...heads,
    nLayers,
    dMlp: count(fields, 'intermediate_size'),
    dVocab: count(fields, 'vocab_size', 262208), // multimodal Gemma-3 leaves out what is at its default
    nCtx: count(fields, 'max_position_embeddings', 131072),
    normalization: 'RMS',
    normEps: positive(fields, 'rms_norm_eps', 1e-6),
    normWeightOffset: 1,
    embedScale: Math.sqrt(heads.dModel),
    windows: repeat(nLayers, null),
    // Gemma-1's first configs say hidden_act "gelu"; transformers runs them with tanh all the same (transformers #29402).
    activation: readActivation(fields, 'hidden_activation', 'gelu_pytorch_tanh'),
    gatedMlp: true,
    tiedUnembedding: flag(fields, 'tie_word_embeddings', true),
  };
}

function names(fields: Fields): WeightNames {
  const attention = flag(fields, 'attention_bias', false);
  return { ...LLAMA_NAMES, biases: { ...NO_BIASES, qkv: attention, attnOut: attention } };
}

export const GEMMA: Architecture = {
  modelTypes: ['gemma'],
  classes: ['GemmaForCausalLM'],
  readConfig: (fields) => {
    const config = gemmaConfig(fields, { nKeyValueHeads: 16 });
    const rotary = readRotary(fields, { dHead: config.dHead, nCtx: config.nCtx, base: 10000, fraction: 1 });
    return { ...config, modelType: 'gemma', rotary: repeat(config.nLayers, rotary) };
  },
  names,
};

export const GEMMA2: Architecture = {
  modelTypes: ['gemma2'],
  classes: ['Gemma2ForCausalLM'],
  readConfig: (fields) => {
    const config = gemmaConfig(fields, { nKeyValueHeads: 4 });
    const rotary = readRotary(fields, { dHead: config.dHead, nCtx: config.nCtx, base: 10000, fraction: 1 });
    const window = countOrNull(fields, 'sliding_window', 4096);
    return {
      ...config,
      modelType: 'gemma2',
      rotary: repeat(config.nLayers, rotary),
      windows: readWindows(fields, config.nLayers, window, (layer) => layer % 2 === 0),
      attnScales: readAttnScales(fields, config.nLayers),
      attnSoftCap: positiveOrNull(fields, 'attn_logit_softcapping', 50),
      logitSoftCap: positiveOrNull(fields, 'final_logit_softcapping', 30),
      postNorms: true,
    };
  },
  names: (fields) => ({ ...names(fields), ...NORMS_AFTER }),
};

export const GEMMA3: Architecture = {
  modelTypes: ['gemma3_text', 'gemma3'],
  classes: ['Gemma3ForCausalLM', 'Gemma3ForConditionalGeneration'],
  readConfig: (outer) => gemma3Config(textConfig(outer)),
  names: (outer) => ({
    ...names(textConfig(outer)),
    ...NORMS_AFTER,
    bases: ['model.', 'language_model.model.', 'model.language_model.'], // alone; in a multimodal checkpoint, old and new
    unembed: ['lm_head', 'language_model.lm_head'],
    qNorm: 'self_attn.q_norm',
    kNorm: 'self_attn.k_norm',
  }),
};

function textConfig(fields: Fields): Fields {
  return nested(fields, 'text_config') ?? fields;
}

function gemma3Config(fields: Fields): ModelConfig {
  const config = gemmaConfig(fields, { nHeads: 8, nKeyValueHeads: 4 });
  const period = count(fields, ['sliding_window_pattern', '_sliding_window_pattern'], 6);
  const window = countOrNull(fields, 'sliding_window', 4096);
  const windows = readWindows(fields, config.nLayers, window, (layer) => (layer + 1) % period !== 0);
  const slides = readWindows(fields, config.nLayers, 1, (layer) => (layer + 1) % period !== 0);
  const { local, global } = gemma3Rotary(fields, config);
  return {
    ...config,
    modelType: 'gemma3_text',
    rotary: slides.map((slide) => (slide === null ? global : local)),
    windows,
    attnScales: readAttnScales(fields, config.nLayers),
    attnSoftCap: positiveOrNull(fields, 'attn_logit_softcapping', null),
    logitSoftCap: positiveOrNull(fields, 'final_logit_softcapping', null),
    qkNorm: 'RMS',
    postNorms: true,
  };
}

/** Sliding layers turn by a base of their own and are never scaled; new configs tell both kinds in rope_parameters. */
function gemma3Rotary(
  fields: Fields,
  { dHead, nCtx }: Pick<ModelConfig, 'dHead' | 'nCtx'>,
): { local: RotaryConfig; global: RotaryConfig } {
  const forGlobal = { dHead, nCtx, base: 1e6, fraction: 1 };
  const forLocal = { dHead, nCtx, base: positive(fields, 'rope_local_base_freq', 10000), fraction: 1 };
  const perKind = nested(fields, 'rope_parameters');
  if (perKind?.values.has('full_attention')) {
    return {
      global: readRope(nested(perKind, 'full_attention'), perKind, forGlobal),
      local: readRope(nested(perKind, 'sliding_attention'), perKind, forLocal),
    };
  }
  const withoutBase: Fields = { where: fields.where, values: new Map() };
  return { global: readRotary(fields, forGlobal), local: readRope(null, withoutBase, forLocal) };
}

function readAttnScales(fields: Fields, nLayers: number): readonly number[] {
  return repeat(nLayers, positive(fields, 'query_pre_attn_scalar', 256) ** -0.5);
}
