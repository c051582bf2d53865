// BLOOM: ALiBi instead of positions, a norm after the embedding, query_key_value interleaved by head, tied unembedding.
import { count, type Fields, flag, positive, refuseUnless } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';
import type { Architecture } from './architecture.ts';
import { readHeads, readLayerCount, repeat, USUAL } from './common.ts';

function readConfig(fields: Fields): ModelConfig {
  const why = 'Splitscope adds the stream before its norm.';
  refuseUnless(fields, 'apply_residual_connection_post_layernorm', false, false, why);
  const nLayers = readLayerCount(fields, ['n_layer', 'num_hidden_layers']);
  const heads = readHeads(fields, nLayers, { isPlain: true });
  return {
    ...USUAL,
    ...heads,
    modelType: 'bloom',
    nLayers,
    dMlp: 4 * heads.dModel, // fixed in modeling_bloom.py
    dVocab: count(fields, 'vocab_size'),
    nCtx: count(fields, 'seq_length', 2048), // ALiBi has no end; the length it was trained on, which only old configs tell
    normalization: 'LN',
    normEps: positive(fields, 'layer_norm_epsilon', 1e-5),
    positional: 'alibi',
    rotary: repeat(nLayers, null),
    embedNorm: true,
    windows: repeat(nLayers, null),
    activation: 'gelu_tanh', // bloom_gelu_forward
    tiedUnembedding: flag(fields, 'tie_word_embeddings', true),
  };
}

export const BLOOM: Architecture = {
  modelTypes: ['bloom'],
  classes: ['BloomForCausalLM'],
  readConfig,
  names: () => ({
    bases: ['transformer.', ''],
    layout: 'linear',
    embed: 'word_embeddings',
    positions: null,
    embedNorm: 'word_embeddings_layernorm',
    layers: 'h',
    ln1: 'input_layernorm',
    qkv: { kind: 'interleaved', qkv: 'self_attention.query_key_value' },
    qNorm: null,
    kNorm: null,
    attnOut: 'self_attention.dense',
    ln1Post: null,
    ln2: 'post_attention_layernorm',
    mlp: { kind: 'plain', up: 'mlp.dense_h_to_4h', down: 'mlp.dense_4h_to_h' },
    ln2Post: null,
    lnFinal: 'ln_f',
    unembed: ['lm_head'],
    biases: { qkv: true, attnOut: true, mlp: true, unembed: false },
  }),
};
