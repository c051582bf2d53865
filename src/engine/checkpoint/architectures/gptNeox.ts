// GPT-NeoX (Pythia): LayerNorm with bias, rotary on part of d_head, two norms on one stream, query_key_value interleaved by head.
import { count, type Fields, flag, positive, text } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';
import { readRotary } from '../rotaryFields.ts';
import type { Architecture } from './architecture.ts';
import { readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';

function readConfig(fields: Fields): ModelConfig {
  const nLayers = readLayerCount(fields);
  const heads = readHeads(fields, nLayers, { isPlain: true });
  const nCtx = count(fields, 'max_position_embeddings', 2048);
  const rotary = readRotary(fields, { dHead: heads.dHead, nCtx, base: 10000, fraction: 0.25, oddWidth: 'rounded up' });
  return {
    ...USUAL,
    ...heads,
    modelType: text(fields, 'model_type'),
    nLayers,
    dMlp: count(fields, 'intermediate_size'),
    dVocab: count(fields, 'vocab_size'),
    nCtx,
    normalization: 'LN',
    normEps: positive(fields, 'layer_norm_eps', 1e-5),
    rotary: repeat(nLayers, rotary),
    windows: repeat(nLayers, null),
    residual: flag(fields, 'use_parallel_residual', true) ? 'parallel' : 'serial',
    activation: readActivation(fields, 'hidden_act', 'gelu'),
    tiedUnembedding: flag(fields, 'tie_word_embeddings', false),
  };
}

export const GPT_NEOX: Architecture = {
  modelTypes: ['gpt_neox'],
  classes: ['GPTNeoXForCausalLM'],
  readConfig,
  names: (fields) => {
    const attention = flag(fields, 'attention_bias', true);
    return {
      bases: ['gpt_neox.'],
      layout: 'linear',
      embed: 'embed_in',
      positions: null,
      embedNorm: null,
      layers: 'layers',
      ln1: 'input_layernorm',
      qkv: { kind: 'interleaved', qkv: 'attention.query_key_value' },
      qNorm: null,
      kNorm: null,
      attnOut: 'attention.dense',
      ln1Post: null,
      ln2: 'post_attention_layernorm',
      mlp: { kind: 'plain', up: 'mlp.dense_h_to_4h', down: 'mlp.dense_4h_to_h' },
      ln2Post: null,
      lnFinal: 'final_layer_norm',
      unembed: ['embed_out', 'lm_head'],
      biases: { qkv: attention, attnOut: attention, mlp: true, unembed: false },
    };
  },
};
