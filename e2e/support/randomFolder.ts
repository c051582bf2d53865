// A model of any shape with seeded random weights, as the files that a reader would choose: for what must hold at sizes that no
// checkpoint small enough to bundle has. Llama's layout under Mistral's name, the demo model's tokenizer.
import { readFileSync } from 'node:fs';

export type ModelShape = Readonly<
  Record<'nLayers' | 'nHeads' | 'nKeyValueHeads' | 'dHead' | 'dModel' | 'nCtx', number>
>;

export type ModelFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

const D_VOCAB = 1024; // of the demo model's tokenizer

/** Makes config.json, the tokenizer's files and the weights. */
export function randomFolder(shape: ModelShape): ModelFile[] {
  const config = {
    architectures: ['MistralForCausalLM'],
    model_type: 'mistral',
    hidden_size: shape.dModel,
    head_dim: shape.dHead,
    num_attention_heads: shape.nHeads,
    num_key_value_heads: shape.nKeyValueHeads,
    num_hidden_layers: shape.nLayers,
    intermediate_size: shape.dModel,
    vocab_size: D_VOCAB,
    max_position_embeddings: shape.nCtx,
    tie_word_embeddings: false,
    rms_norm_eps: 1e-5,
    hidden_act: 'silu',
    sliding_window: null,
    rope_theta: 10_000,
  };
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
  return [
    file('config.json', Buffer.from(JSON.stringify(config))),
    ...['tokenizer.json', 'tokenizer_config.json'].map((name) =>
      file(name, readFileSync(`public/models/demo-gqa/${name}`)),
    ),
    file('model.safetensors', safetensors(tensorsOf(shape))),
  ];
}

type Tensor = readonly [name: string, shape: readonly number[]];

function tensorsOf({ nLayers, nHeads, nKeyValueHeads, dHead, dModel }: ModelShape): Tensor[] {
  const layer = (at: string): Tensor[] => [
    [`${at}.input_layernorm.weight`, [dModel]],
    [`${at}.post_attention_layernorm.weight`, [dModel]],
    [`${at}.self_attn.q_proj.weight`, [nHeads * dHead, dModel]],
    [`${at}.self_attn.k_proj.weight`, [nKeyValueHeads * dHead, dModel]],
    [`${at}.self_attn.v_proj.weight`, [nKeyValueHeads * dHead, dModel]],
    [`${at}.self_attn.o_proj.weight`, [dModel, nHeads * dHead]],
    ...['gate_proj', 'up_proj', 'down_proj'].map((name): Tensor => [`${at}.mlp.${name}.weight`, [dModel, dModel]]),
  ];
  return [
    ['model.embed_tokens.weight', [D_VOCAB, dModel]],
    ['lm_head.weight', [D_VOCAB, dModel]],
    ['model.norm.weight', [dModel]],
    ...Array.from({ length: nLayers }, (_, nth) => layer(`model.layers.${nth}`)).flat(),
  ];
}

/** Matrices of uniform random numbers of variance 1 over their rows' length (Numerical Recipes' generator); norms of ones. */
function safetensors(tensors: readonly Tensor[]): Buffer {
  let [end, state] = [0, 42];
  const header: Record<string, unknown> = {};
  const parts = tensors.map(([name, shape]) => {
    const length = shape.reduce((product, extent) => product * extent, 1);
    const scale = Math.sqrt(12 / (shape.at(-1) ?? 1));
    const values = Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return shape.length === 1 ? 1 : (state / 2 ** 32 - 0.5) * scale;
    });
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
    return Buffer.from(values.buffer);
  });
  const text = Buffer.from(JSON.stringify(header));
  const lengthOfText = Buffer.alloc(8);
  lengthOfText.writeBigUInt64LE(BigInt(text.byteLength));
  return Buffer.concat([lengthOfText, text, ...parts]);
}
