// A Llama-layout checkpoint of any shape with seeded random weights, in memory: for what must hold whatever the weights are.
import { openCheckpoint } from '../../src/engine/checkpoint/openCheckpoint.ts';
import { memoryFolder } from './memoryFolder.ts';

export type RandomShape = {
  readonly dHead: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly nLayers: number;
  readonly dVocab: number;
  readonly dMlp: number;
};

/** Opens a checkpoint of that shape; d_model is 6 more than n_heads · d_head, so that the two are told apart. */
export function randomCheckpoint(shape: RandomShape) {
  const dModel = shape.nHeads * shape.dHead + 6;
  const config = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: dModel,
    head_dim: shape.dHead,
    num_attention_heads: shape.nHeads,
    num_key_value_heads: shape.nKeyValueHeads,
    num_hidden_layers: shape.nLayers,
    intermediate_size: shape.dMlp,
    vocab_size: shape.dVocab,
    max_position_embeddings: 64,
    rms_norm_eps: 1e-5,
    hidden_act: 'silu',
    // An odd d_head cannot turn whole: three quarters of 11 are 8.
    rope_parameters: {
      rope_type: 'default',
      rope_theta: 10_000,
      partial_rotary_factor: shape.dHead % 2 === 0 ? 1 : 0.75,
    },
    tie_word_embeddings: false,
  };
  return openCheckpoint(
    memoryFolder({ 'config.json': config, 'model.safetensors': safetensors(tensorsOf(shape, dModel)) }),
  );
}

function tensorsOf(shape: RandomShape, dModel: number): [string, number[]][] {
  const [q, kv] = [shape.nHeads * shape.dHead, shape.nKeyValueHeads * shape.dHead];
  const blocks = Array.from({ length: shape.nLayers }, (_, layer): [string, number[]][] => {
    const at = `model.layers.${layer}`;
    return [
      [`${at}.input_layernorm.weight`, [dModel]],
      [`${at}.post_attention_layernorm.weight`, [dModel]],
      [`${at}.self_attn.q_proj.weight`, [q, dModel]],
      [`${at}.self_attn.k_proj.weight`, [kv, dModel]],
      [`${at}.self_attn.v_proj.weight`, [kv, dModel]],
      [`${at}.self_attn.o_proj.weight`, [dModel, q]],
      [`${at}.mlp.gate_proj.weight`, [shape.dMlp, dModel]],
      [`${at}.mlp.up_proj.weight`, [shape.dMlp, dModel]],
      [`${at}.mlp.down_proj.weight`, [dModel, shape.dMlp]],
    ];
  });
  return [
    ['model.embed_tokens.weight', [shape.dVocab, dModel]],
    ['lm_head.weight', [shape.dVocab, dModel]],
    ['model.norm.weight', [dModel]],
    ...blocks.flat(),
  ];
}

/** Writes f32 tensors of uniform random numbers in [−0.5, 0.5), by a linear congruential generator (Numerical Recipes). */
function safetensors(tensors: readonly [string, readonly number[]][]): Uint8Array<ArrayBuffer> {
  let [byteOffset, state] = [0, 42];
  const header: Record<string, unknown> = {};
  for (const [name, shape] of tensors) {
    const bytes = 4 * shape.reduce((product, extent) => product * extent, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [byteOffset, byteOffset + bytes] };
    byteOffset += bytes;
  }
  const json = JSON.stringify(header);
  const headerBytes = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const values = Float32Array.from({ length: byteOffset / 4 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const file = new Uint8Array(8 + headerBytes.length + values.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  file.set(new Uint8Array(values.buffer), 8 + headerBytes.length);
  return file;
}
