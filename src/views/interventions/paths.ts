// Where a reader may edit, in the words of the panel, and how lists of heads and positions are written. Pure.
import {
  BLOCK_HOOKS,
  type BlockHook,
  blockHook,
  type HookName,
  type Intervention,
  MODEL_HOOKS,
  parseHookName,
} from '../../engine/index.ts';

export type Path = BlockHook | (typeof MODEL_HOOKS)[number];

/** What the paths that are edited most are called. */
const LABELS: ReadonlyMap<Path, string> = new Map<Path, string>([
  ['hook_q_input', 'q input'],
  ['hook_k_input', 'k input'],
  ['hook_v_input', 'v input'],
  ['attn.hook_q', 'q'],
  ['attn.hook_k', 'k'],
  ['attn.hook_v', 'v'],
  ['attn.hook_attn_scores', 'scores'],
  ['attn.hook_pattern', 'pattern'],
  ['attn.hook_z', 'z'],
  ['attn.hook_result', 'result'],
  ['hook_attn_out', 'attention out'],
  ['hook_mlp_in', 'MLP input'],
  ['hook_mlp_out', 'MLP out'],
  ['hook_resid_pre', 'residual, before'],
  ['hook_resid_mid', 'residual, between'],
  ['hook_resid_post', 'residual, after'],
  ['hook_embed', 'embedding'],
  ['unembed.hook_out', 'logits'],
]);

/** Every hook of the names table: those with a label first, then the others by their names. */
export const PATHS: readonly { readonly id: Path; readonly label: string }[] = [
  ...[...LABELS].map(([id, label]) => ({ id, label })),
  ...[...BLOCK_HOOKS, ...MODEL_HOOKS].filter((id) => !LABELS.has(id)).map((id) => ({ id, label: id })),
];

/** Hooks that only split mode has: the inputs of each head's own projection. */
export const SPLIT_ONLY: ReadonlySet<string> = new Set(['hook_q_input', 'hook_k_input', 'hook_v_input']);

/** Hooks whose heads are kv heads: fewer than the query heads where these are grouped, unless repeated. */
export const KV_PATHS: ReadonlySet<string> = new Set([
  'hook_k_input',
  'hook_v_input',
  'attn.hook_k',
  'attn.hook_v',
  'attn.hook_rot_k',
]);

/** The hook of a path; the model's own hooks have no layer. */
export function hookAt(path: Path, layer: number): HookName {
  const own = MODEL_HOOKS.find((hook) => hook === path);
  const ofBlock = BLOCK_HOOKS.find((hook) => hook === path);
  if (own) return own;
  if (!ofBlock) throw new Error(`internal: ${path} is no hook`);
  return blockHook(layer, ofBlock);
}

/** The path and layer of a hook; the layer is null for the model's own. */
export function placeOfHook(hook: HookName): { readonly path: Path; readonly layer: number | null } {
  const parsed = parseHookName(hook);
  if (!parsed) throw new Error(`internal: ${hook} is no hook`);
  return { path: parsed.hook, layer: parsed.kind === 'block' ? parsed.layer : null };
}

/** Reads `all`, `3`, `0, 3`, `4-7` or `none`; null where it is no such list. */
export function parseListed(text: string): readonly number[] | 'all' | null {
  if (/^\s*(all)?\s*$/i.test(text)) return 'all';
  if (/^\s*none\s*$/i.test(text)) return [];
  const found: number[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?\s*$/.exec(part);
    if (!match) return null;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (to < from || to - from > 4095) return null;
    for (let at = from; at <= to; at++) found.push(at);
  }
  return found;
}

export function writeListed(listed: readonly number[] | 'all'): string {
  if (listed === 'all') return 'all';
  return listed.length === 0 ? 'none' : listed.join(', '); // an empty field would be read as all
}

/** A new row: zero one head's z, where the hook has heads. */
export function newIntervention(path: BlockHook, layer: number, heads: Intervention['heads']): Intervention {
  return { hook: blockHook(layer, path), heads, positions: 'all', operation: { kind: 'zero' }, enabled: true };
}
