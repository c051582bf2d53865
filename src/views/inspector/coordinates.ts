// What an index of a hook's tensor stands for: positions with their tokens, heads, elements.
import type { HookName } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';

/** Writes an index in words: `pos 3 ·went · head 7 · element 14`. */
export function describeIndex(hook: HookName, index: readonly number[], tokens: readonly ViewToken[]): string {
  return index
    .map((at, axis) => `${axesOf(hook, index.length)[axis]} ${at}${tokenAt(hook, axis, at, tokens)}`)
    .join(' · ');
}

function axesOf(hook: HookName, nAxes: number): readonly string[] {
  if (isPlane(hook)) return ['head', 'query', 'key'];
  return nAxes === 3 ? ['pos', 'head', 'element'] : ['pos', hook === 'unembed.hook_out' ? 'token' : 'element'];
}

function tokenAt(hook: HookName, axis: number, at: number, tokens: readonly ViewToken[]): string {
  const isPosition = isPlane(hook) ? axis > 0 : axis === 0;
  const token = isPosition ? tokens[at] : undefined;
  return token ? ` ${visibleToken(token)}` : '';
}

function isPlane(hook: HookName): boolean {
  return hook.endsWith('hook_attn_scores') || hook.endsWith('hook_pattern');
}
