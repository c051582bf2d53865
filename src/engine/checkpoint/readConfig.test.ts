import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES, architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { CheckpointError } from './checkpointError.ts';
import type { ModelConfig, RotaryConfig } from './modelConfig.ts';
import { readArchitecture, readConfig, supportedModelTypes } from './readConfig.ts';
import { rotaryTable } from './rotaryTable.ts';

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

test.each<[string, string, object, string]>([
  [
    'an unknown model type',
    'llama',
    { model_type: 'mamba' },
    'model_type = "mamba", which Splitscope cannot run. Supported: bloom, gemma,',
  ],
  ['no model type', 'llama', { model_type: null }, 'config.json has no model_type, expected a string'],
  [
    'a classifier without an unembedding',
    'gpt_neox',
    { architectures: ['GPTNeoXForSequenceClassification'] },
    'expected GPTNeoXForCausalLM',
  ],
  [
    'an encoder with a decoder',
    'llama',
    { model_type: 't5', is_encoder_decoder: true },
    '"t5", which Splitscope cannot run: an encoder and a decoder. Supported: bloom',
  ],
  ['a decoder of another model', 'llama', { is_encoder_decoder: true }, 'is_encoder_decoder = true, expected false'],
  [
    'a model that sees',
    'llama',
    { model_type: 'llava', text_config: { model_type: 'llama' } },
    'a wrapper around a text model (llama) with other inputs',
  ],
  [
    'code of its own',
    'llama',
    { model_type: 'chatglm', auto_map: { AutoModel: 'modeling_chatglm.M' } },
    'it brings code of its own (auto_map), which is not run',
  ],
  [
    'quantized weights',
    'llama',
    { quantization_config: { bits: 4, quant_method: 'gptq' } },
    'quantization_config (quant_method "gptq"), expected plain f32, f16 or bf16',
  ],
  [
    'weights in 8 bits',
    'llama',
    { compression_config: { quant_method: 'fp8' } },
    'compression_config (quant_method "fp8")',
  ],
  ['attention both ways', 'gemma3', { use_bidirectional_attention: true }, 'Splitscope runs causal models only'],
  [
    'a kind of scaling that no text model has',
    'llama',
    { rope_parameters: { rope_type: 'mrope', rope_theta: 1e4, factor: 4 } },
    'rope_type = mrope, which Splitscope cannot run. Supported: default, linear, dynamic, llama3, yarn, longrope.',
  ],
  [
    'longrope with factors for other pairs',
    'phi3',
    { rope_parameters: { rope_type: 'longrope', rope_theta: 1e4, short_factor: [1, 1] } },
    'has 2 numbers in short_factor, expected 8',
  ],
  [
    'a factor of nothing',
    'phi3',
    { rope_parameters: { rope_type: 'longrope', rope_theta: 1e4, short_factor: [1, 0] } },
    'short_factor = [1,0], expected a list of numbers above 0',
  ],
  ['an unknown activation', 'llama', { hidden_act: 'quick_gelu' }, 'the activation quick_gelu'],
  ['a width of text', 'llama', { hidden_size: '64' }, 'hidden_size = "64", expected a positive integer'],
  ['no width', 'llama', { hidden_size: null }, 'config.json has no hidden_size'],
  ['a width that is no multiple of the heads', 'gpt2', { n_embd: 65 }, 'expected a multiple of the heads'],
  [
    'key/value heads that do not divide the heads',
    'llama',
    { num_key_value_heads: 3 },
    'expected a divisor of num_attention_heads = 8',
  ],
  [
    'an odd rotary width where transformers has none',
    'phi',
    { rope_parameters: { partial_rotary_factor: 0.2 } },
    'turns 3 of d_head = 16',
  ],
  ['part of d_head turned by a Llama', 'llama', { partial_rotary_factor: 0.5 }, 'turns 4 of d_head = 8'],
  ['more layers than any model has', 'llama', { num_hidden_layers: 1e9 }, 'has 1000000000 layers'],
  ['too few layer types', 'gemma2', { layer_types: ['full_attention'] }, 'has 1 layer_types, expected 3'],
  [
    'chunked attention',
    'gemma2',
    { layer_types: ['chunked_attention', 'full_attention', 'full_attention'] },
    'chunked_attention',
  ],
  ['norms without weights', 'opt', { layer_norm_elementwise_affine: false }, 'layer_norm_elementwise_affine = false'],
  ['cross-attention', 'gpt2', { add_cross_attention: true }, 'add_cross_attention = true, expected false'],
  [
    "BLOOM's residual after the norm",
    'bloom',
    { apply_residual_connection_post_layernorm: true },
    'apply_residual_connection_post_layernorm',
  ],
  ['more experts per token than there are', 'mixtral', { num_experts_per_tok: 5 }, '5 of 4 experts'],
  ['attention types for other layers', 'gpt_neo', { attention_layers: ['global'] }, 'expected 2 of global or local'],
  [
    'attention types repeated without end',
    'gpt_neo',
    { attention_layers: null, attention_types: [[['global'], 1e9]] },
    'attention_types',
  ],
  [
    'llama3 factors in the wrong order',
    'llama3_rope',
    {
      rope_parameters: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 4,
        high_freq_factor: 4,
        original_max_position_embeddings: 64,
      },
    },
    'high_freq_factor = 4',
  ],
])('%s is refused', (_, name, change, message) => {
  const reading = () => readConfig({ ...configOf(name), ...change });
  expect(reading).toThrow(CheckpointError);
  expect(reading).toThrow(message);
});

const MISSING = Symbol('a field that is left out');

/** Fields that some configs have and no fixture has, or not all. */
const OTHER_FIELDS = [
  ...[
    'rope_scaling',
    'rope_theta',
    'rotary_pct',
    'partial_rotary_factor',
    'rope_parameters',
    'head_dim',
    'sliding_window',
  ],
  ...['layer_types', 'max_window_layers', 'use_sliding_window', 'sliding_window_pattern', 'rope_local_base_freq'],
  ...['quantization_config', 'text_config', 'auto_map', 'qk_layernorm', 'attention_bias', 'mlp_bias', 'n_inner'],
  ...[
    'attention_types',
    'rotary_dim',
    'original_max_position_embeddings',
    'query_pre_attn_scalar',
    'hidden_activation',
  ],
];

test('whatever config.json holds, it is read into finite positive sizes or refused by a CheckpointError', () => {
  const fixtures = fc.constantFrom(...ARCHITECTURE_FIXTURES);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(0, -1, 1.5, 1e308, '8', null, true, [], {}, 'silu'),
  );
  const rope = fc.record({
    rope_type: fc.constantFrom('linear', 'dynamic', 'llama3', 'yarn', 'longrope', 'su', 'default'),
    factor: fc.oneof(odd, fc.double({ min: 0.1, max: 64 })),
    short_factor: fc.oneof(odd, fc.array(fc.double({ min: 1, max: 9 }), { maxLength: 16 })),
    original_max_position_embeddings: fc.oneof(odd, fc.nat(4096)),
    partial_rotary_factor: fc.oneof(odd, fc.double({ min: 0.1, max: 1 })),
    full_attention: odd,
  });
  const value = fc.oneof({ weight: 5, arbitrary: odd }, { weight: 1, arbitrary: rope });
  const change = fc.tuple(
    fc.nat(),
    fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(MISSING) }),
  );
  fc.assert(
    fc.property(fixtures, fc.array(change, { minLength: 1, maxLength: 4 }), ({ config }, changes) => {
      const names = [...new Set([...Object.keys(config), ...OTHER_FIELDS])];
      const changed: Record<string, unknown> = { ...config };
      for (const [at, to] of changes) {
        const name = names[at % names.length] ?? '';
        if (to === MISSING) delete changed[name];
        else changed[name] = to;
      }
      try {
        const { config: read } = readArchitecture(changed);
        const { nLayers, dModel, dHead, dMlp, rotary, windows, attnScales } = read;
        for (const layer of rotary) if (layer) expect(rotaryTable(layer, 3).cos.every(Number.isFinite)).toBe(true);
        expect([nLayers, dModel, dHead, dMlp].every((size) => Number.isSafeInteger(size) && size > 0)).toBe(true);
        expect([rotary.length, windows.length, attnScales.length]).toEqual([nLayers, nLayers, nLayers]);
        expect(attnScales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([null, [], 'text', 3, undefined])('%j is no config', (json) => {
  expect(() => readConfig(json)).toThrow('config.json is');
});
