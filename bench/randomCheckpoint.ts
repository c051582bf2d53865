// A grouped-query Llama with seeded random weights, in memory, in the Hugging Face layout: every engine of the bench opens the same bytes.
import type { ByteSource, CheckpointFolder } from '../src/engine/index.ts';

const N_LAYERS = 8;
const D_MODEL = 512;
const N_HEADS = 8;
const N_KEY_VALUE_HEADS = 2;
const D_HEAD = 64;
const D_MLP = 1376;
export const D_VOCAB = 32_000;

/** The sums that one token's logit passes through, one behind the other: what rounding errors grow with. */
export const TERMS_TO_LOGIT = N_LAYERS * (D_MODEL * 3 + N_HEADS * D_HEAD + D_MLP + D_HEAD) + D_MODEL;

const CONFIG = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: D_MODEL,
  num_hidden_layers: N_LAYERS,
  num_attention_heads: N_HEADS,
  num_key_value_heads: N_KEY_VALUE_HEADS,
  head_dim: D_HEAD,
  intermediate_size: D_MLP,
  vocab_size: D_VOCAB,
  max_position_embeddings: 1024,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_parameters: { rope_theta: 10000, rope_type: 'default' },
  attention_bias: false,
  mlp_bias: false,
  tie_word_embeddings: false,
  dtype: 'float32',
};

type Tensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'linear' | 'embedding' | 'norm';
};

/** Makes the checkpoint: the same seed, the same bytes. */
export function randomCheckpoint(seed: number): CheckpointFolder {
  const encoder = new TextEncoder();
  const files = new Map([
    ['config.json', encoder.encode(JSON.stringify(CONFIG))],
    ['model.safetensors', safetensors(tensors(), seed)],
  ]);
  return {
    name: `random llama, seed ${seed}`,
    open: async (fileName) => {
      const bytes = files.get(fileName);
      return bytes ? inMemory(fileName, bytes) : null;
    },
  };
}

/** Token ids that go with it. */
export function randomTokens(nPos: number, seed: number): number[] {
  const next = generator(seed);
  return Array.from({ length: nPos }, () => Math.floor((next() + 1) * 0.5 * D_VOCAB));
}

function tensors(): Tensor[] {
  const linear = (name: string, dOut: number, dIn: number): Tensor => ({ name, shape: [dOut, dIn], kind: 'linear' });
  const norm = (name: string): Tensor => ({ name, shape: [D_MODEL], kind: 'norm' });
  const layers = Array.from({ length: N_LAYERS }, (_, layer) => {
    const at = `model.layers.${layer}`;
    return [
      norm(`${at}.input_layernorm.weight`),
      linear(`${at}.self_attn.q_proj.weight`, N_HEADS * D_HEAD, D_MODEL),
      linear(`${at}.self_attn.k_proj.weight`, N_KEY_VALUE_HEADS * D_HEAD, D_MODEL),
      linear(`${at}.self_attn.v_proj.weight`, N_KEY_VALUE_HEADS * D_HEAD, D_MODEL),
      linear(`${at}.self_attn.o_proj.weight`, D_MODEL, N_HEADS * D_HEAD),
      norm(`${at}.post_attention_layernorm.weight`),
      linear(`${at}.mlp.gate_proj.weight`, D_MLP, D_MODEL),
      linear(`${at}.mlp.up_proj.weight`, D_MLP, D_MODEL),
      linear(`${at}.mlp.down_proj.weight`, D_MODEL, D_MLP),
    ];
  });
  const embedding: Tensor = { name: 'model.embed_tokens.weight', shape: [D_VOCAB, D_MODEL], kind: 'embedding' };
  return [embedding, ...layers.flat(), norm('model.norm.weight'), linear('lm_head.weight', D_VOCAB, D_MODEL)];
}

/** Header and payload; linear weights with a variance of 1 / d_in, so that activations keep their scale through the layers. */
function safetensors(list: readonly Tensor[], seed: number): Uint8Array<ArrayBuffer> {
  const header: Record<string, object> = {};
  let end = 0;
  for (const { name, shape } of list) {
    const start = end;
    end += 4 * shape.reduce((product, extent) => product * extent, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes); // the header is padded with spaces
  bytes.set(json, 8);
  fillWeights(new Float32Array(bytes.buffer, 8 + headerBytes), list, generator(seed));
  return bytes;
}

function fillWeights(payload: Float32Array, list: readonly Tensor[], next: () => number): void {
  let at = 0;
  for (const { shape, kind } of list) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const spread = kind === 'linear' ? Math.sqrt(3 / (shape[1] ?? 1)) : kind === 'norm' ? 0.25 : Math.sqrt(3);
    const centre = kind === 'norm' ? 1 : 0;
    for (const end = at + count; at < end; at++) payload[at] = centre + spread * next();
  }
}

/** Uniform on [−1, 1): Marsaglia's xorshift32 (2003), quick enough for 55 million numbers. */
function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

function inMemory(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    byteLength: bytes.length,
    read: async (byteOffset, byteLength) => {
      if (byteOffset + byteLength > bytes.length) {
        throw new Error(`${name} holds ${bytes.length} bytes, expected ${byteLength} from byte ${byteOffset}`);
      }
      return bytes.slice(byteOffset, byteOffset + byteLength);
    },
  };
}
