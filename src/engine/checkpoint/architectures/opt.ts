// OPT: learned positions from row 2 on, ReLU, biases everywhere, tied unembedding. OPT-350m normalises behind each sum, and its embedding
// is narrower than its stream.
import { count, type Fields, flag, refuseUnless } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';
import type { Architecture } from './architecture.ts';
import { readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';

/** transformers modeling_opt.py, OPTLearnedPositionalEmbedding: the first two rows are for padding. */
const POSITION_OFFSET = 2;

function readConfig(fields: Fields): ModelConfig {
  refuseUnless(fields, 'layer_norm_elementwise_affine', true, true, 'Splitscope expects norms with weights.');
  const nLayers = readLayerCount(fields);
  const heads = readHeads(fields, nLayers, { isPlain: true });
  const nCtx = count(fields, 'max_position_embeddings', 2048);
  const isBefore = flag(fields, 'do_layer_norm_before', true);
  return {
    ...USUAL,
    ...heads,
    modelType: 'opt',
    nLayers,
    dMlp: count(fields, 'ffn_dim'),
    dVocab: count(fields, 'vocab_size'),
    nCtx,
    maxPositions: nCtx,
    normalization: 'LN',
    normEps: 1e-5, // torch's default: OPT's config has no field
    normPlace: isBefore ? 'before' : 'after',
    finalNorm: isBefore && !flag(fields, '_remove_final_layer_norm', false),
    embedWidth: count(fields, 'word_embed_proj_dim', heads.dModel),
    positional: 'learned',
    positionOffset: POSITION_OFFSET,
    rotary: repeat(nLayers, null),
    windows: repeat(nLayers, null),
    activation: readActivation(fields, 'activation_function', 'relu'),
    tiedUnembedding: flag(fields, 'tie_word_embeddings', true),
  };
}

export const OPT: Architecture = {
  modelTypes: ['opt'],
  classes: ['OPTForCausalLM'],
  readConfig,
  names: (fields) => {
    const bias = flag(fields, 'enable_bias', true);
    return {
      bases: ['model.decoder.', 'decoder.'],
      layout: 'linear',
      embed: 'embed_tokens',
      positions: 'embed_positions',
      projectIn: 'project_in',
      projectOut: 'project_out',
      embedNorm: null,
      layers: 'layers',
      ln1: 'self_attn_layer_norm',
      qkv: { kind: 'separate', q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj' },
      qNorm: null,
      kNorm: null,
      attnOut: 'self_attn.out_proj',
      ln1Post: null,
      ln2: 'final_layer_norm',
      mlp: { kind: 'plain', up: 'fc1', down: 'fc2' },
      ln2Post: null,
      lnFinal: 'final_layer_norm',
      unembed: ['lm_head'],
      biases: { qkv: bias, attnOut: bias, mlp: bias, unembed: false },
    };
  },
};
