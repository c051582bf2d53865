// Where a hook stands in a run: what comes before what.
import { BLOCK_HOOKS, type HookName, MODEL_HOOKS, parseHookName } from './hookName.ts';

const BEFORE_BLOCKS = MODEL_HOOKS.indexOf('ln_final.hook_scale'); // the hooks listed before it come before the blocks

/** A number that grows along the run; equal for equal hooks only. A name that is no hook comes last. */
export function runningOrder(hook: HookName): number {
  const parsed = parseHookName(hook);
  if (parsed === null) return Number.POSITIVE_INFINITY;
  if (parsed.kind === 'block') return (parsed.layer + 1) * BLOCK_HOOKS.length + BLOCK_HOOKS.indexOf(parsed.hook);
  const at = MODEL_HOOKS.indexOf(parsed.hook);
  return at < BEFORE_BLOCKS ? at : 2 ** 40 + at;
}
