import { expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES, architectureFixture } from '../../../test/support/architectureFixtures.ts';
import type { ModelConfig, RotaryConfig } from './modelConfig.ts';
import { readConfig, supportedModelTypes } from './readConfig.ts';

const configOf = (name: string) => architectureFixture(name).config;
const without = (config: object, ...names: string[]) =>
  Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
const turn = (base: number, dim: number, style: RotaryConfig['style'] = 'half'): RotaryConfig => ({
  base,
  dim,
  style,
  scaling: null,
});

test('every supported model type has a recorded checkpoint', () => {
  const recorded = ARCHITECTURE_FIXTURES.map(({ config }) => config.model_type);
  const withoutRecord = supportedModelTypes().filter((type) => !recorded.includes(type));
  expect(withoutRecord).toEqual(['gemma3']); // the multimodal wrapper around gemma3_text
});

test.each<[string, Partial<ModelConfig>]>([
  [
    'llama',
    {
      nHeads: 8,
      nKeyValueHeads: 2,
      dHead: 8,
      dMlp: 160,
      normalization: 'RMS',
      gatedMlp: true,
      residual: 'serial',
      tiedUnembedding: false,
      windows: [null, null],
      rotary: [turn(1e4, 8), turn(1e4, 8)],
    },
  ],
  [
    'llama3_rope',
    {
      tiedUnembedding: true,
      rotary: Array(2).fill({
        base: 5e5,
        dim: 16,
        style: 'half',
        scaling: { kind: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalNCtx: 64 },
      }),
    },
  ],
  ['mistral', { windows: [7, 7] }],
  ['mixtral', { experts: { count: 4, perToken: 2 }, dHead: 12, windows: [null, null] }],
  ['qwen2', { windows: [null, null], nKeyValueHeads: 2, tiedUnembedding: true, qkNorm: null, normEps: 1e-6 }],
  ['qwen3', { dHead: 32, attnScales: [32 ** -0.5, 32 ** -0.5], qkNorm: 'RMS', postNorms: false }],
  [
    'gemma',
    {
      dHead: 32,
      nKeyValueHeads: 1,
      normWeightOffset: 1,
      embedScale: 8,
      activation: 'gelu_tanh',
      gatedMlp: true,
      tiedUnembedding: true,
      postNorms: false,
    },
  ],
  [
    'gemma2',
    {
      windows: [7, null, 7],
      attnSoftCap: 8,
      logitSoftCap: 6,
      attnScales: Array(3).fill(24 ** -0.5),
      postNorms: true,
      qkNorm: null,
    },
  ],
  [
    'gemma3',
    {
      windows: [7, 7, null],
      rotary: [turn(1e4, 16), turn(1e4, 16), turn(1e6, 16)],
      attnSoftCap: null,
      logitSoftCap: null,
      qkNorm: 'RMS',
      postNorms: true,
    },
  ],
  [
    'phi',
    {
      residual: 'parallel-shared-norm',
      rotary: [turn(1e4, 8), turn(1e4, 8)],
      activation: 'gelu_tanh',
      gatedMlp: false,
      normalization: 'LN',
    },
  ],
  ['phi3', { gatedMlp: true, activation: 'silu', windows: [null, null] }],
  [
    'gpt_neox',
    {
      residual: 'parallel',
      rotary: Array(3).fill(turn(1e4, 4)),
      activation: 'gelu',
      positional: 'rotary',
      nKeyValueHeads: 4,
    },
  ],
  [
    'gptj',
    {
      residual: 'parallel-shared-norm',
      rotary: Array(2).fill(turn(1e4, 8, 'interleaved')),
      dMlp: 256,
      activation: 'gelu_tanh',
    },
  ],
  [
    'gpt2',
    {
      positional: 'learned',
      positionOffset: 0,
      rotary: [null, null],
      dMlp: 256,
      activation: 'gelu_tanh',
      attnScales: [0.25, 0.25],
    },
  ],
  ['gpt_neo', { positional: 'learned', windows: [null, 7], attnScales: [1, 1] }],
  ['opt', { positional: 'learned', positionOffset: 2, finalNorm: true, activation: 'relu', dMlp: 128 }],
  ['bloom', { positional: 'alibi', embedNorm: true, dMlp: 256, activation: 'gelu_tanh' }],
])('the fields of %s', (name, expected) => {
  expect(readConfig(configOf(name))).toMatchObject(expected);
});

test('the old style of configs means the same as the new one', () => {
  const neox = configOf('gpt_neox');
  const old = {
    ...without(neox, 'rope_parameters', 'dtype'),
    rotary_pct: 0.25,
    rotary_emb_base: 10000,
    torch_dtype: 'float32',
  };
  expect(readConfig(old)).toEqual(readConfig(neox));
  const llama3 = configOf('llama3_rope');
  const scaling = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 64,
    rope_type: 'llama3',
  };
  const oldLlama = { ...without(llama3, 'rope_parameters'), rope_theta: 500000, rope_scaling: scaling };
  expect(readConfig(oldLlama)).toEqual(readConfig(llama3));
  const gemma3 = configOf('gemma3');
  const oldGemma = {
    ...without(gemma3, 'rope_parameters', 'layer_types', '_sliding_window_pattern'),
    rope_theta: 1e6,
    rope_local_base_freq: 10000,
    sliding_window_pattern: 3,
  };
  expect(readConfig(oldGemma)).toEqual(readConfig(gemma3));
  expect(readConfig(without(configOf('gemma2'), 'layer_types'))).toEqual(readConfig(configOf('gemma2')));
  const neo = configOf('gpt_neo');
  expect(readConfig(without(neo, 'attention_layers'))).toEqual(readConfig(neo));
});

test('a linear rope_scaling of old configs, which say type, is read', () => {
  const config = {
    ...without(configOf('llama'), 'rope_parameters'),
    rope_theta: 20000,
    rope_scaling: { type: 'linear', factor: 2 },
  };
  expect(readConfig(config).rotary[0]).toEqual({
    base: 20000,
    dim: 8,
    style: 'half',
    scaling: { kind: 'linear', factor: 2 },
  });
});

test('Gemma-3 scales the rotary angles of its full layers only', () => {
  const old = { ...without(configOf('gemma3'), 'rope_parameters'), rope_scaling: { rope_type: 'linear', factor: 8 } };
  expect(readConfig(old).rotary.map((rotary) => rotary?.scaling)).toEqual([null, null, { kind: 'linear', factor: 8 }]);
});

test('a missing sliding window is what transformers assumes, an explicit null is none', () => {
  const mistral = configOf('mistral');
  expect(readConfig(without(mistral, 'sliding_window')).windows).toEqual([4096, 4096]);
  expect(readConfig({ ...mistral, sliding_window: null }).windows).toEqual([null, null]);
});

test("Qwen's window needs use_sliding_window, and spares the first max_window_layers", () => {
  const qwen = without(configOf('qwen2'), 'layer_types');
  expect(readConfig({ ...qwen, sliding_window: 9, max_window_layers: 1 }).windows).toEqual([null, null]);
  expect(readConfig({ ...qwen, use_sliding_window: true, sliding_window: 9, max_window_layers: 1 }).windows).toEqual([
    null,
    9,
  ]);
});

test('heads of Llama configs from before grouped queries are as many as query heads, d_head is the share of d_model', () => {
  const config = readConfig(without(configOf('llama'), 'num_key_value_heads', 'head_dim'));
  expect([config.nKeyValueHeads, config.dHead]).toEqual([8, 8]);
});

test('GPT-NeoX without parallel residual is serial', () => {
  expect(readConfig({ ...configOf('gpt_neox'), use_parallel_residual: false }).residual).toBe('serial');
});

test('what names code of its own, and is known here, is run by what is known', () => {
  const config = { ...configOf('phi3'), auto_map: { AutoConfig: 'configuration_phi3.Phi3Config' } };
  expect(readConfig(config)).toEqual(readConfig(configOf('phi3')));
});

test('head counts that transformers does not read of an architecture mean nothing', () => {
  for (const name of ['gpt2', 'gpt_neo', 'gpt_neox', 'gptj', 'opt', 'bloom']) {
    expect(readConfig({ ...configOf(name), num_key_value_heads: 1, head_dim: 3 })).toEqual(readConfig(configOf(name)));
  }
});

test('every layer of a Qwen slides where max_window_layers is 0', () => {
  const qwen = without(configOf('qwen2'), 'layer_types');
  const change = { use_sliding_window: true, sliding_window: 9, max_window_layers: 0 };
  expect(readConfig({ ...qwen, ...change }).windows).toEqual([9, 9]);
});

test("a context that a config leaves out is its class' own, Phi-3's original one too", () => {
  const contextOf = (name: string) =>
    readConfig(without(configOf(name), 'max_position_embeddings', 'n_positions')).nCtx;
  const contexts = {
    llama: 2048,
    mistral: 131072,
    qwen3: 32768,
    phi3: 4096,
    phi: 2048,
    gpt_neox: 2048,
    gpt2: 1024,
    gptj: 2048,
  };
  expect(Object.fromEntries(Object.keys(contexts).map((name) => [name, contextOf(name)]))).toEqual(contexts);
  const factors = new Array(8).fill(1);
  const rope_parameters = { rope_type: 'longrope', rope_theta: 1e4, short_factor: factors, long_factor: factors };
  const phi3 = { ...without(configOf('phi3'), 'original_max_position_embeddings'), rope_parameters };
  expect(readConfig(phi3).rotary[0]?.scaling).toMatchObject({ originalNCtx: 4096 });
});

test('OPT may go without a final norm', () => {
  expect(readConfig({ ...configOf('opt'), _remove_final_layer_norm: true }).finalNorm).toBe(false);
});

test('a multimodal Gemma-3 config is read by its text_config', () => {
  const text = without(configOf('gemma3'), 'architectures');
  const outer = {
    model_type: 'gemma3',
    architectures: ['Gemma3ForConditionalGeneration'],
    text_config: text,
    vision_config: {},
  };
  expect(readConfig(outer)).toEqual(readConfig(configOf('gemma3')));
});
