// A checkpoint of any shape with seeded random weights, in memory: for what must hold whatever the weights are.
import { openCheckpoint } from '../../src/engine/checkpoint/openCheckpoint.ts';
import { readArchitecture } from '../../src/engine/checkpoint/readConfig.ts';
import { weightTable } from '../../src/engine/checkpoint/weightTable.ts';
import { narrowFromF32 } from '../../src/engine/tensor/bits.ts';
import { architectureFixture } from './architectureFixtures.ts';
import { memoryFolder, safetensorsFile } from './memoryFolder.ts';

export type RandomShape = {
  readonly dHead: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly nLayers: number;
  readonly dVocab: number;
  readonly dMlp: number;
  readonly isBf16?: (tensor: string) => boolean; // the others are f32; left out: all are
};

/**
 * Opens a checkpoint of that shape. An even d_head: Llama's layout, d_model 6 more than n_heads · d_head, so that the two are told
 * apart. An odd one cannot turn whole: Phi's layout, which turns a part of it, with biases.
 */
export function randomCheckpoint(shape: RandomShape) {
  const { isBf16 = () => false } = shape;
  const isOdd = shape.dHead % 2 === 1;
  const dModel = shape.nHeads * shape.dHead + (isOdd ? 0 : 6);
  const config = {
    hidden_size: dModel,
    num_attention_heads: shape.nHeads,
    num_key_value_heads: shape.nKeyValueHeads,
    num_hidden_layers: shape.nLayers,
    intermediate_size: shape.dMlp,
    vocab_size: shape.dVocab,
    max_position_embeddings: 64,
    tie_word_embeddings: false,
    ...(isOdd ? PHI : { ...LLAMA, head_dim: shape.dHead }),
  };
  const tensors = isOdd ? phiTensors(shape, dModel) : llamaTensors(shape, dModel);
  return openCheckpoint(memoryFolder({ 'config.json': config, 'model.safetensors': safetensors(tensors, isBf16) }));
}

/** Opens a checkpoint with the config and the tensor shapes of an architecture's fixture, its weights random. */
export function randomArchitecture(name: string) {
  const { config, tensors } = architectureFixture(name);
  return openCheckpoint(
    memoryFolder({ 'config.json': config, 'model.safetensors': safetensors(Object.entries(tensors)) }),
  );
}

/**
 * Opens a checkpoint of any supported config, its weights random: its tensors are those that the weight table asks for, in the shapes
 * that it expects. What a table should ask for is tested elsewhere (weightTable.test.ts).
 */
export function randomOf(config: object) {
  const { config: modelConfig, names } = readArchitecture(config);
  const shapes = new Map<string, { readonly shape: readonly number[] }>();
  for (;;) {
    try {
      weightTable(modelConfig, names, shapes);
      break;
    } catch (error) {
      const [, name, extents] = /has no (\S+), expected one of shape \[([^\]]*)\]/.exec(String(error)) ?? [];
      if (name === undefined || extents === undefined) throw error;
      shapes.set(name, { shape: extents.split(', ').map(Number) });
    }
  }
  const tensors = [...shapes].map(([name, { shape }]) => [name, shape] as const);
  return openCheckpoint(memoryFolder({ 'config.json': config, 'model.safetensors': safetensors(tensors) }));
}

/** OPT-350m's kind: norms behind each sum, an embedding narrower than the stream; 4 heads of 11. */
export function randomPostNorm() {
  const { config } = architectureFixture('opt');
  const width = { hidden_size: 44, word_embed_proj_dim: 27, ffn_dim: 53, vocab_size: 509 };
  return randomOf({ ...config, ...width, do_layer_norm_before: false });
}

const LLAMA = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  rope_theta: 10_000,
  rope_scaling: null,
};

const PHI = {
  model_type: 'phi',
  architectures: ['PhiForCausalLM'],
  layer_norm_eps: 1e-5,
  hidden_act: 'gelu_new',
  rope_theta: 10_000,
  rope_scaling: null,
  partial_rotary_factor: 0.75,
};

type Tensor = readonly [name: string, shape: readonly number[]];

function llamaTensors(shape: RandomShape, dModel: number): Tensor[] {
  const [q, kv] = [shape.nHeads * shape.dHead, shape.nKeyValueHeads * shape.dHead];
  const block = (at: string): Tensor[] => [
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
  return [
    ['model.embed_tokens.weight', [shape.dVocab, dModel]],
    ['lm_head.weight', [shape.dVocab, dModel]],
    ['model.norm.weight', [dModel]],
    ...layers(shape, block),
  ];
}

function phiTensors(shape: RandomShape, dModel: number): Tensor[] {
  const kv = shape.nKeyValueHeads * shape.dHead;
  const block = (at: string): Tensor[] => [
    ...withBias(`${at}.input_layernorm`, [dModel]),
    ...withBias(`${at}.self_attn.q_proj`, [dModel, dModel]),
    ...withBias(`${at}.self_attn.k_proj`, [kv, dModel]),
    ...withBias(`${at}.self_attn.v_proj`, [kv, dModel]),
    ...withBias(`${at}.self_attn.dense`, [dModel, dModel]),
    ...withBias(`${at}.mlp.fc1`, [shape.dMlp, dModel]),
    ...withBias(`${at}.mlp.fc2`, [dModel, shape.dMlp]),
  ];
  return [
    ['model.embed_tokens.weight', [shape.dVocab, dModel]],
    ...withBias('lm_head', [shape.dVocab, dModel]),
    ...withBias('model.final_layernorm', [dModel]),
    ...layers(shape, block),
  ];
}

function layers(shape: RandomShape, block: (at: string) => Tensor[]): Tensor[] {
  return Array.from({ length: shape.nLayers }, (_, layer) => block(`model.layers.${layer}`)).flat();
}

function withBias(name: string, shape: readonly [number, ...number[]]): Tensor[] {
  return [
    [`${name}.weight`, shape],
    [`${name}.bias`, [shape[0]]],
  ];
}

/** Writes tensors of uniform random numbers in [−0.5, 0.5), by a linear congruential generator (Numerical Recipes). */
function safetensors(
  tensors: readonly Tensor[],
  isBf16: (tensor: string) => boolean = () => false,
): Uint8Array<ArrayBuffer> {
  let [byteOffset, state] = [0, 42];
  const header: Record<string, unknown> = {};
  const parts = tensors.map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 - 0.5;
    });
    const stored = isBf16(name) ? narrowFromF32(values, 'bf16') : values;
    const end = byteOffset + stored.byteLength;
    header[name] = { dtype: isBf16(name) ? 'BF16' : 'F32', shape, data_offsets: [byteOffset, end] };
    byteOffset = end;
    return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  });
  const file = safetensorsFile(header, byteOffset);
  let at = file.byteLength - byteOffset;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}
