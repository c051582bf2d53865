// Hook names as TransformerLens spells them, and the one place that parses them. Plain data: in links, files and messages.

export const MODEL_HOOKS = [
  'hook_embed',
  'hook_pos_embed',
  'ln_final.hook_scale',
  'ln_final.hook_normalized',
  'unembed.hook_in',
  'unembed.hook_out',
] as const;

/** Hooks of one block in running order. */
export const BLOCK_HOOKS = [
  'hook_resid_pre',
  'hook_attn_in',
  'hook_q_input',
  'hook_k_input',
  'hook_v_input',
  'ln1.hook_scale',
  'ln1.hook_normalized',
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'attn.hook_rot_q',
  'attn.hook_rot_k',
  'attn.hook_attn_scores',
  'attn.hook_pattern',
  'attn.hook_z',
  'attn.hook_result',
  'hook_attn_out',
  'hook_resid_mid',
  'hook_mlp_in',
  'ln2.hook_scale',
  'ln2.hook_normalized',
  'mlp.hook_expert_weights',
  'mlp.hook_expert_indices',
  'mlp.hook_pre',
  'mlp.hook_pre_linear',
  'mlp.hook_post',
  'hook_mlp_out',
  'hook_resid_post',
] as const;

export type ModelHook = (typeof MODEL_HOOKS)[number];
export type BlockHook = (typeof BLOCK_HOOKS)[number];
export type HookName = ModelHook | `blocks.${number}.${BlockHook}`;

export type ParsedHook =
  | { readonly kind: 'model'; readonly hook: ModelHook }
  | { readonly kind: 'block'; readonly layer: number; readonly hook: BlockHook };

/** Spells the name of a block's hook: `blockHook(3, 'attn.hook_z')` is `blocks.3.attn.hook_z`. */
export function blockHook(layer: number, hook: BlockHook): HookName {
  return `blocks.${layer}.${hook}`;
}

/** Reads a hook name; null where it is none. */
export function parseHookName(text: string): ParsedHook | null {
  const modelHook = MODEL_HOOKS.find((hook) => hook === text);
  if (modelHook) return { kind: 'model', hook: modelHook };
  const match = /^blocks\.(0|[1-9]\d{0,4})\.(.+)$/.exec(text);
  const hook = BLOCK_HOOKS.find((name) => name === match?.[2]);
  return match?.[1] && hook ? { kind: 'block', layer: Number(match[1]), hook } : null;
}

export function isHookName(text: string): text is HookName {
  return parseHookName(text) !== null;
}
