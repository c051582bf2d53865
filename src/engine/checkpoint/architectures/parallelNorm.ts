// GPT-J and Phi: one norm feeds attention and MLP, both added to the stream at once; biased unembedding. GPT-J turns pairs (2i, 2i+1).
import { CheckpointError } from '../checkpointError.ts';
import { count, countOrNull, type Fields, flag, positive, text } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';
import { readRotary } from '../rotaryFields.ts';
import type { Architecture } from './architecture.ts';
import { type Heads, readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';

export const GPTJ: Architecture = {
  modelTypes: ['gptj'],
  classes: ['GPTJForCausalLM'],
  readConfig: gptjConfig,
  names: () => ({
    bases: ['transformer.'],
    layout: 'linear',
    embed: 'wte',
    positions: null,
    embedNorm: null,
    layers: 'h',
    ln1: 'ln_1',
    qkv: { kind: 'separate', q: 'attn.q_proj', k: 'attn.k_proj', v: 'attn.v_proj' },
    qNorm: null,
    kNorm: null,
    attnOut: 'attn.out_proj',
    ln1Post: null,
    ln2: null,
    mlp: { kind: 'plain', up: 'mlp.fc_in', down: 'mlp.fc_out' },
    ln2Post: null,
    lnFinal: 'ln_f',
    unembed: ['lm_head'],
    biases: { qkv: false, attnOut: false, mlp: true, unembed: true },
  }),
};

export const PHI: Architecture = {
  modelTypes: ['phi'],
  classes: ['PhiForCausalLM'],
  readConfig: phiConfig,
  names: (fields) => ({
    bases: ['model.'],
    layout: 'linear',
    embed: 'embed_tokens',
    positions: null,
    embedNorm: null,
    layers: 'layers',
    ln1: 'input_layernorm',
    qkv: { kind: 'separate', q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj' },
    qNorm: flag(fields, 'qk_layernorm', false) ? 'self_attn.q_layernorm' : null,
    kNorm: flag(fields, 'qk_layernorm', false) ? 'self_attn.k_layernorm' : null,
    attnOut: 'self_attn.dense',
    ln1Post: null,
    ln2: null,
    mlp: { kind: 'plain', up: 'mlp.fc1', down: 'mlp.fc2' },
    ln2Post: null,
    lnFinal: 'final_layernorm',
    unembed: ['lm_head'],
    biases: { qkv: true, attnOut: true, mlp: true, unembed: true },
  }),
};

function gptjConfig(fields: Fields): ModelConfig {
  const nLayers = readLayerCount(fields, ['n_layer', 'num_hidden_layers']);
  const heads = readHeads(fields, nLayers, { isPlain: true });
  const dim = countOrNull(fields, 'rotary_dim', 64) ?? heads.dModel; // null turns all of a single head (modeling_gptj.py)
  if (dim > heads.dHead || dim % 2 !== 0) {
    throw new CheckpointError(
      `${fields.where} has rotary_dim = ${dim}, expected an even number of at most d_head = ${heads.dHead}.`,
    );
  }
  const nCtx = count(fields, ['n_positions', 'max_position_embeddings'], 2048);
  const rotary = { base: 10000, dim, style: 'interleaved', scaling: null } as const;
  return {
    ...shared(fields, nLayers, heads),
    dMlp: count(fields, 'n_inner', 4 * heads.dModel),
    nCtx,
    maxPositions: nCtx, // create_sinusoidal_positions has so many rows
    normEps: positive(fields, 'layer_norm_epsilon', 1e-5),
    rotary: repeat(nLayers, rotary),
    activation: readActivation(fields, 'activation_function', 'gelu_new'),
  };
}

function phiConfig(fields: Fields): ModelConfig {
  const nLayers = readLayerCount(fields);
  const heads = readHeads(fields, nLayers);
  const nCtx = count(fields, 'max_position_embeddings', 2048);
  const rotary = readRotary(fields, { dHead: heads.dHead, nCtx, base: 10000, fraction: 0.5 });
  return {
    ...shared(fields, nLayers, heads),
    dMlp: count(fields, 'intermediate_size'),
    nCtx,
    normEps: positive(fields, 'layer_norm_eps', 1e-5),
    rotary: repeat(nLayers, rotary),
    activation: readActivation(fields, 'hidden_act', 'gelu_new'),
    qkNorm: flag(fields, 'qk_layernorm', false) ? 'LN' : null,
  };
}

function shared(fields: Fields, nLayers: number, heads: Heads) {
  return {
    ...USUAL,
    ...heads,
    modelType: text(fields, 'model_type'),
    nLayers,
    dVocab: count(fields, 'vocab_size'),
    normalization: 'LN',
    windows: repeat(nLayers, null),
    residual: 'parallel-shared-norm',
    tiedUnembedding: flag(fields, 'tie_word_embeddings', false),
  } as const;
}
