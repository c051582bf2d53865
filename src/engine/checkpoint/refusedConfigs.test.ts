// What config.json shows that cannot run: refused with what was found and what was expected.
import { expect, test } from 'vitest';
import { architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { CheckpointError } from './checkpointError.ts';
import { readConfig } from './readConfig.ts';

const configOf = (name: string) => architectureFixture(name).config;

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

test.each([null, [], 'text', 3, undefined])('%j is no config', (json) => {
  expect(() => readConfig(json)).toThrow('config.json is');
});
