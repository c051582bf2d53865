// What a run is asked to keep: plain data. The logits are always kept.
import { type HookName, parseHookName } from '../hooks/hookName.ts';

/** 'standard': every hook but the ones that TransformerLens too makes only on request (hook_result, hook_mlp_in, hook_attn_in). */
export type CaptureRequest = 'none' | 'standard' | readonly HookName[];

const ON_REQUEST: ReadonlySet<string> = new Set(['attn.hook_result', 'hook_mlp_in', 'hook_attn_in']);

/** Tells whether a hook is to be kept. */
export function isCaptured(request: CaptureRequest, hook: HookName): boolean {
  if (hook === 'unembed.hook_out') return true;
  if (request === 'none') return false;
  if (request !== 'standard') return request.includes(hook);
  const parsed = parseHookName(hook);
  return parsed !== null && !ON_REQUEST.has(parsed.hook);
}
