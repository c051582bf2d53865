// Where transformers keeps what a hook shows: by model type, the module whose input or output it is. Linear layers and norms give tensors
// in every version of transformers, attention and blocks have given tuples too: so attention's output is that of its last layer.
import { type HookName, parseHookName } from '../../engine/index.ts';

export type Place = {
  readonly path: string; // of the module in `model`, with .input or .output
  readonly isStream: boolean; // [batch, pos, d_model], as the hook is
  readonly isTuple: boolean; // its first element may be meant
};

type Family = {
  readonly blocks: string;
  readonly attention: string; // within a block
  readonly out: string; // W_O, within attention
  readonly mlpOut: string | null; // the module whose output hook_mlp_out is; null where none has its shape
  readonly hasQkv: boolean; // q_proj, k_proj, v_proj within attention
  readonly attnOut?: string; // left out: W_O
};

const LLAMA: Family = {
  ...{ blocks: 'model.layers', attention: 'self_attn', out: 'o_proj', mlpOut: 'mlp.down_proj', hasQkv: true },
};
const GEMMA2: Family = { ...LLAMA, attnOut: 'post_attention_layernorm', mlpOut: 'post_feedforward_layernorm' };
const GPT2: Family = {
  ...{ blocks: 'transformer.h', attention: 'attn', out: 'c_proj', mlpOut: 'mlp.c_proj', hasQkv: false },
};

const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['gpt2', GPT2],
  ['gpt_neo', { ...GPT2, attention: 'attn.attention', out: 'out_proj', hasQkv: true }],
  ['gptj', { ...GPT2, out: 'out_proj', mlpOut: 'mlp.fc_out', hasQkv: true }],
  ['bloom', { ...GPT2, attention: 'self_attention', out: 'dense', mlpOut: 'mlp.dense_4h_to_h' }],
  [
    'gpt_neox',
    { ...GPT2, blocks: 'gpt_neox.layers', attention: 'attention', out: 'dense', mlpOut: 'mlp.dense_4h_to_h' },
  ],
  ['opt', { ...LLAMA, blocks: 'model.decoder.layers', out: 'out_proj', mlpOut: null }],
  ['phi', { ...LLAMA, out: 'dense', mlpOut: 'mlp.fc2' }],
  ['phi3', { ...LLAMA, hasQkv: false }],
  ['gemma2', GEMMA2],
  ['gemma3_text', GEMMA2],
  ['mixtral', { ...LLAMA, mlpOut: null }],
]);

/** Finds the module that a hook is of; null where none has it by itself. */
export function placeOf(hook: HookName, modelType: string): Place | null {
  const parsed = parseHookName(hook);
  if (parsed?.kind !== 'block') return null;
  const { blocks, attention, out, mlpOut, hasQkv, attnOut = `${attention}.${out}` } = familyOf(modelType);
  const block = `${blocks}[${parsed.layer}]`;
  const at = (path: string, isStream = true): Place => ({ path: `${block}.${path}`, isStream, isTuple: false });
  switch (parsed.hook) {
    case 'hook_resid_pre':
      return at('input');
    case 'hook_resid_post':
      return blockOutput(parsed.layer, modelType);
    case 'hook_attn_out':
      return at(`${attnOut}.output`);
    case 'hook_mlp_out':
      return mlpOut === null ? null : at(`${mlpOut}.output`);
    case 'attn.hook_z':
      return at(`${attention}.${out}.input`, false);
    case 'attn.hook_q':
    case 'attn.hook_k':
    case 'attn.hook_v':
      return hasQkv ? at(`${attention}.${parsed.hook.slice(-1)}_proj.output`, false) : null;
    default:
      return null;
  }
}

/** The stream behind a block. */
export function blockOutput(layer: number, modelType: string): Place {
  return { path: `${familyOf(modelType).blocks}[${layer}].output`, isStream: true, isTuple: true };
}

/** The module whose output the logits are. */
export function unembedding(modelType: string): string {
  return modelType === 'gpt_neox' ? 'embed_out' : 'lm_head';
}

/** The layer of a block's hook; null for the model's own. */
export function layerOf(hook: HookName): number | null {
  const parsed = parseHookName(hook);
  return parsed?.kind === 'block' ? parsed.layer : null;
}

function familyOf(modelType: string): Family {
  return FAMILIES.get(modelType) ?? LLAMA;
}
