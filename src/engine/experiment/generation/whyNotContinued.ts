// Which interventions stay on while a text grows: those whose effect on a row does not hang on rows that are not there yet.
import type { HookName } from '../../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../../hooks/intervention.ts';

/** Says why an intervention has no meaning in a text that grows; null where it has. */
export function whyNotContinued({ hook, operation }: Intervention): string | null {
  if (operation.kind === 'mean') {
    return `${hook} is to get the mean of all positions, which every new token would change for those before it`;
  }
  if (operation.kind === 'patch' || operation.kind === 'freeze') return null;
  if (!isPlane(hook)) return null;
  const isScore = hook.endsWith('scores'); // masked with −∞, a pattern with 0
  const keepsMask =
    (operation.kind === 'scale' && (!isScore || operation.factor > 0)) || (operation.kind === 'zero' && !isScore);
  return keepsMask
    ? null
    : `${operation.kind} on ${hook} gives weight to keys that are not there yet when a token is chosen`;
}

/** Whether an intervention has anything to do beyond the prompt: what reads a prompt's own run, or swaps its positions, has not. */
export function reachesBeyond(intervention: Intervention): boolean {
  const source = sourceOf(intervention);
  return intervention.operation.kind !== 'swap' && (source === null || source.prompt === 'same');
}

function isPlane(hook: HookName): boolean {
  return hook.endsWith('.hook_attn_scores') || hook.endsWith('.hook_pattern');
}
