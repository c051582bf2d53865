// Real models' geometries: config.json as the model's own, and every tensor under its real name, in the order of a real file.

export type WeightDtypeName = 'F32' | 'F16' | 'BF16';

export type TensorPlan = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'weight' | 'norm' | 'bias';
};

export type Geometry = {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype: WeightDtypeName; // of the published checkpoint, unless asked for otherwise
  readonly tensors: readonly TensorPlan[];
  readonly shardBytes: number; // most payload of one file
};

/** Published checkpoints are cut into files of 10 GB at most. */
const SHARD_BYTES = 9_950_000_000;

/** EleutherAI/pythia-410m. */
function pythia410m(): Geometry {
  const [d, dMlp, dVocab, nLayers] = [1024, 4096, 50_304, 24];
  const block = (at: string): TensorPlan[] => [
    ...layerNorm(`${at}.input_layernorm`, d),
    ...layerNorm(`${at}.post_attention_layernorm`, d),
    ...biased(`${at}.attention.query_key_value`, 3 * d, d),
    ...biased(`${at}.attention.dense`, d, d),
    ...biased(`${at}.mlp.dense_h_to_4h`, dMlp, d),
    ...biased(`${at}.mlp.dense_4h_to_h`, d, dMlp),
  ];
  return {
    name: 'pythia-410m',
    dtype: 'F32',
    shardBytes: SHARD_BYTES,
    config: {
      model_type: 'gpt_neox',
      architectures: ['GPTNeoXForCausalLM'],
      hidden_size: d,
      intermediate_size: dMlp,
      num_hidden_layers: nLayers,
      num_attention_heads: 16,
      vocab_size: dVocab,
      max_position_embeddings: 2048,
      hidden_act: 'gelu',
      layer_norm_eps: 1e-5,
      rotary_pct: 0.25,
      rotary_emb_base: 10_000,
      use_parallel_residual: true,
      tie_word_embeddings: false,
    },
    tensors: inFileOrder([
      linear('gpt_neox.embed_in', dVocab, d),
      ...layers(nLayers, 'gpt_neox.layers', block),
      ...layerNorm('gpt_neox.final_layer_norm', d),
      linear('embed_out', dVocab, d),
    ]),
  };
}

/** meta-llama/Llama-3.2-1B. */
function llama32(): Geometry {
  const sizes = { d: 2048, dMlp: 8192, dVocab: 128_256, nLayers: 16, q: 2048, kv: 512 };
  return {
    name: 'llama-3.2-1b',
    dtype: 'BF16',
    shardBytes: SHARD_BYTES,
    config: {
      model_type: 'llama',
      architectures: ['LlamaForCausalLM'],
      hidden_size: sizes.d,
      intermediate_size: sizes.dMlp,
      num_hidden_layers: sizes.nLayers,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      vocab_size: sizes.dVocab,
      max_position_embeddings: 131_072,
      hidden_act: 'silu',
      rms_norm_eps: 1e-5,
      rope_theta: 500_000,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 32,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 8192,
      },
      attention_bias: false,
      mlp_bias: false,
      tie_word_embeddings: true,
    },
    tensors: inFileOrder(llamaTensors(sizes)),
  };
}

/** mistralai/Mistral-7B-v0.1. */
function mistral7b(): Geometry {
  const sizes = { d: 4096, dMlp: 14_336, dVocab: 32_000, nLayers: 32, q: 4096, kv: 1024 };
  return {
    name: 'mistral-7b',
    dtype: 'BF16',
    shardBytes: SHARD_BYTES,
    config: {
      model_type: 'mistral',
      architectures: ['MistralForCausalLM'],
      hidden_size: sizes.d,
      intermediate_size: sizes.dMlp,
      num_hidden_layers: sizes.nLayers,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      vocab_size: sizes.dVocab,
      max_position_embeddings: 32_768,
      sliding_window: 4096,
      hidden_act: 'silu',
      rms_norm_eps: 1e-5,
      rope_theta: 10_000,
      tie_word_embeddings: false,
    },
    tensors: inFileOrder([...llamaTensors(sizes), linear('lm_head', sizes.dVocab, sizes.d)]),
  };
}

export const GEOMETRIES: readonly Geometry[] = [pythia410m(), llama32(), mistral7b()];

type LlamaSizes = Readonly<Record<'d' | 'dMlp' | 'dVocab' | 'nLayers' | 'q' | 'kv', number>>;

function llamaTensors({ d, dMlp, dVocab, nLayers, q, kv }: LlamaSizes): TensorPlan[] {
  const block = (at: string): TensorPlan[] => [
    norm(`${at}.input_layernorm`, d),
    norm(`${at}.post_attention_layernorm`, d),
    linear(`${at}.self_attn.q_proj`, q, d),
    linear(`${at}.self_attn.k_proj`, kv, d),
    linear(`${at}.self_attn.v_proj`, kv, d),
    linear(`${at}.self_attn.o_proj`, d, q),
    linear(`${at}.mlp.gate_proj`, dMlp, d),
    linear(`${at}.mlp.up_proj`, dMlp, d),
    linear(`${at}.mlp.down_proj`, d, dMlp),
  ];
  return [linear('model.embed_tokens', dVocab, d), ...layers(nLayers, 'model.layers', block), norm('model.norm', d)];
}

function linear(module: string, dOut: number, dIn: number): TensorPlan {
  return { name: `${module}.weight`, shape: [dOut, dIn], kind: 'weight' };
}

function biased(module: string, dOut: number, dIn: number): TensorPlan[] {
  return [linear(module, dOut, dIn), { name: `${module}.bias`, shape: [dOut], kind: 'bias' }];
}

function norm(module: string, d: number): TensorPlan {
  return { name: `${module}.weight`, shape: [d], kind: 'norm' };
}

function layerNorm(module: string, d: number): TensorPlan[] {
  return [norm(module, d), { name: `${module}.bias`, shape: [d], kind: 'bias' }];
}

function layers(count: number, prefix: string, block: (at: string) => TensorPlan[]): TensorPlan[] {
  return Array.from({ length: count }, (_, layer) => block(`${prefix}.${layer}`)).flat();
}

/** transformers writes tensors in the order of their names. */
function inFileOrder(tensors: readonly TensorPlan[]): TensorPlan[] {
  return [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
}
