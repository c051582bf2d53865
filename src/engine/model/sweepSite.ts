// Where a sweep edits: one head of q, k or v input, of z or of the pattern, or the stream or an MLP's output, one position or all.
// Plain data; `recordSweep.ts` carries it out.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { hookAxes } from '../hooks/hookAxes.ts';
import { blockHook, type HookName } from '../hooks/hookName.ts';
import type { Intervention, Operation } from '../hooks/intervention.ts';

export const HEAD_SITES = ['hook_q_input', 'hook_k_input', 'hook_v_input', 'attn.hook_pattern', 'attn.hook_z'] as const;
export const STREAM_SITES = ['hook_resid_pre', 'hook_mlp_out'] as const;

export type HeadSite = (typeof HEAD_SITES)[number];
export type StreamSite = (typeof STREAM_SITES)[number];
export type SweepSite = HeadSite | StreamSite;

/** One edit of a sweep. */
export type SweepElement =
  | { readonly site: HeadSite; readonly head: number } // of the site's own head axis: kv heads of k and v inputs, unless repeated
  | { readonly site: StreamSite; readonly position: number | null }; // null: all positions

/** Tells whether a site is a head's. */
export function isHeadSite(site: SweepSite): site is HeadSite {
  return HEAD_SITES.some((name) => name === site);
}

/** The same edit as an intervention, to be run from the start. */
export function asIntervention(layer: number, element: SweepElement, operation: Operation): Intervention {
  const hook = blockHook(layer, element.site);
  const heads = 'head' in element ? [element.head] : 'all';
  const positions = 'head' in element || element.position === null ? 'all' : [element.position];
  return { hook, heads, positions, operation, enabled: true };
}

/** Heads of the stream that read a site's head: query heads of a kv head's group, or the head itself. */
export function queryHeadsOf(
  config: Pick<ModelConfig, 'nHeads' | 'nKeyValueHeads'>,
  kv: 'broadcast' | 'repeat',
  site: HeadSite,
  head: number,
): number[] {
  const ofKv = kv === 'broadcast' && (site === 'hook_k_input' || site === 'hook_v_input');
  const repeats = ofKv ? config.nHeads / config.nKeyValueHeads : 1;
  return Array.from({ length: repeats }, (_, member) => head * repeats + member);
}

/** The hooks of a block that a clean run must keep for a sweep of it; those that the model does not have are left out. */
export function keptHooks(config: ModelConfig, layer: number, nPos: number): HookName[] {
  const parts = [
    ...(['hook_resid_pre', 'attn.hook_q', 'attn.hook_k', 'attn.hook_v', 'attn.hook_rot_q', 'attn.hook_rot_k'] as const),
    ...(['attn.hook_pattern', 'attn.hook_z', 'hook_attn_out', 'hook_resid_mid', 'hook_mlp_out'] as const),
  ];
  const mode = { qkv: 'fused', kv: 'broadcast' } as const;
  return parts
    .map((part) => blockHook(layer, part))
    .filter((hook) => typeof hookAxes(hook, config, mode, nPos) !== 'string');
}
