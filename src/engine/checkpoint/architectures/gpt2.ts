// GPT-2 and GPT-Neo: LayerNorm, learned positions, tied unembedding. GPT-2 keeps its matrices as Conv1D, [d_in, d_out], and q, k, v in one;
// GPT-Neo as Linear, apart; its scores are not scaled by 1/√d_head, and every other layer sees a window.
import { CheckpointError, showValue } from '../checkpointError.ts';
import { count, type Fields, flag, positive, text, texts } from '../configFields.ts';
import type { ModelConfig } from '../modelConfig.ts';
import type { Architecture, WeightNames } from './architecture.ts';
import { readActivation, readHeads, readLayerCount, repeat, USUAL } from './common.ts';

const GPT2_NAMES: WeightNames = {
  bases: ['transformer.', ''],
  layout: 'conv1d',
  embed: 'wte',
  positions: 'wpe',
  embedNorm: null,
  layers: 'h',
  ln1: 'ln_1',
  qkv: { kind: 'concatenated', qkv: 'attn.c_attn' },
  qNorm: null,
  kNorm: null,
  attnOut: 'attn.c_proj',
  ln1Post: null,
  ln2: 'ln_2',
  mlp: { kind: 'plain', up: 'mlp.c_fc', down: 'mlp.c_proj' },
  ln2Post: null,
  lnFinal: 'ln_f',
  unembed: ['lm_head'],
  biases: { qkv: true, attnOut: true, mlp: true, unembed: false },
};

function gptConfig(fields: Fields): ModelConfig {
  const nLayers = readLayerCount(fields, ['n_layer', 'num_layers', 'num_hidden_layers']);
  const heads = readHeads(fields, nLayers, { isPlain: true });
  const nCtx = count(
    fields,
    ['n_positions', 'max_position_embeddings'],
    text(fields, 'model_type') === 'gpt2' ? 1024 : 2048,
  );
  return {
    ...USUAL,
    ...heads,
    modelType: text(fields, 'model_type'),
    nLayers,
    dMlp: count(fields, ['n_inner', 'intermediate_size'], 4 * heads.dModel),
    dVocab: count(fields, 'vocab_size'),
    nCtx,
    maxPositions: nCtx,
    normalization: 'LN',
    normEps: positive(fields, 'layer_norm_epsilon', 1e-5),
    positional: 'learned',
    rotary: repeat(nLayers, null),
    windows: repeat(nLayers, null),
    activation: readActivation(fields, 'activation_function', 'gelu_new'),
    tiedUnembedding: flag(fields, 'tie_word_embeddings', true),
  };
}

export const GPT2: Architecture = {
  modelTypes: ['gpt2'],
  classes: ['GPT2LMHeadModel'],
  readConfig: (fields) => {
    const config = gptConfig(fields);
    return { ...config, attnScales: readScales(fields, config) };
  },
  names: () => GPT2_NAMES,
};

export const GPT_NEO: Architecture = {
  modelTypes: ['gpt_neo'],
  classes: ['GPTNeoForCausalLM'],
  readConfig: (fields) => {
    const config = gptConfig(fields);
    return { ...config, attnScales: repeat(config.nLayers, 1), windows: readNeoWindows(fields, config.nLayers) };
  },
  names: () => ({
    ...GPT2_NAMES,
    layout: 'linear',
    qkv: {
      kind: 'separate',
      q: 'attn.attention.q_proj',
      k: 'attn.attention.k_proj',
      v: 'attn.attention.v_proj',
    },
    attnOut: 'attn.attention.out_proj',
    biases: { qkv: false, attnOut: true, mlp: true, unembed: false },
  }),
};

/** reorder_and_upcast_attn computes the same scores in another order, in f32: nothing to read. */
function readScales(fields: Fields, { attnScales }: ModelConfig): readonly number[] {
  const scales = flag(fields, 'scale_attn_weights', true) ? attnScales : attnScales.map(() => 1);
  return flag(fields, 'scale_attn_by_inverse_layer_idx', false)
    ? scales.map((scale, layer) => scale / (layer + 1))
    : scales;
}

function readNeoWindows(fields: Fields, nLayers: number): readonly (number | null)[] {
  const kinds = texts(fields, 'attention_layers') ?? expandAttentionTypes(fields, nLayers);
  const unknown = kinds.find((kind) => kind !== 'global' && kind !== 'local');
  if (unknown !== undefined || kinds.length !== nLayers) {
    throw new CheckpointError(
      `${fields.where} has the attention layers ${showValue(kinds)}, expected ${nLayers} of global or local.`,
    );
  }
  const window = count(fields, 'window_size', 256);
  return kinds.map((kind) => (kind === 'local' ? window : null));
}

/** `[[["global", "local"], 12]]`: the list, twelve times. */
function expandAttentionTypes(fields: Fields, nLayers: number): readonly string[] {
  const types = fields.values.get('attention_types') ?? [[['global', 'local'], nLayers / 2]];
  const kinds: string[] = [];
  for (const group of Array.isArray(types) ? types : [types]) {
    const [list, times]: readonly unknown[] = Array.isArray(group) ? group : [];
    if (!Array.isArray(list) || typeof times !== 'number' || !(times * list.length <= nLayers)) {
      throw new CheckpointError(
        `${fields.where} has attention_types = ${showValue(types)}, expected [[["global", "local"], ${nLayers / 2}]] or the like.`,
      );
    }
    for (let i = 0; i < times; i++) kinds.push(...list.map(String));
  }
  return kinds;
}
