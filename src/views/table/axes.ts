// What the axes of a hook's tensor are called. Pure.
import { type HookName, parseHookName, type Shape } from '../../engine/index.ts';

export type Axis = { readonly name: string; readonly at: number; readonly isPosition: boolean };

/** Names the axes of a tensor, as the hook table of docs/architecture.md does. */
export function axesOf(hook: HookName, shape: Shape): readonly Axis[] {
  const parsed = parseHookName(hook);
  const isSquare = parsed?.kind === 'block' && /pattern|attn_scores/.test(parsed.hook);
  const names = isSquare
    ? ['head', 'query', 'key']
    : shape.length === 3
      ? ['position', 'head', 'unit']
      : ['position', 'unit'];
  return shape.map((_, at) => {
    const name = names[at] ?? `axis ${at}`;
    return { name, at, isPosition: ['position', 'query', 'key'].includes(name) };
  });
}
