// Where a reader may edit, in the words of the panel, and how lists of heads and positions are written. Pure.
import {
  type BlockHook,
  blockHook,
  type HookName,
  type Intervention,
  type Operation,
  parseHookName,
} from '../../engine/index.ts';

export const PATHS: readonly { readonly id: BlockHook; readonly label: string }[] = [
  { id: 'hook_q_input', label: 'q input' },
  { id: 'hook_k_input', label: 'k input' },
  { id: 'hook_v_input', label: 'v input' },
  { id: 'attn.hook_q', label: 'q' },
  { id: 'attn.hook_k', label: 'k' },
  { id: 'attn.hook_v', label: 'v' },
  { id: 'attn.hook_attn_scores', label: 'scores' },
  { id: 'attn.hook_pattern', label: 'pattern' },
  { id: 'attn.hook_z', label: 'z' },
  { id: 'hook_attn_out', label: 'attention out' },
  { id: 'hook_mlp_out', label: 'MLP out' },
  { id: 'hook_resid_pre', label: 'residual, before' },
  { id: 'hook_resid_post', label: 'residual, after' },
];

/** Hooks that only split mode has: the inputs of each head's own projection. */
export const SPLIT_ONLY: ReadonlySet<string> = new Set(['hook_q_input', 'hook_k_input', 'hook_v_input']);

export type OperationKind = 'zero' | 'mean' | 'scale' | 'set' | 'patch' | 'add' | 'swap' | 'noise';

export const OPERATIONS: readonly { readonly id: OperationKind; readonly label: string; readonly note: string }[] = [
  { id: 'zero', label: 'zero', note: 'every element becomes 0' },
  { id: 'mean', label: 'mean', note: 'every position gets the mean of all positions' },
  { id: 'scale', label: 'scale', note: 'times a factor' },
  { id: 'set', label: 'set', note: 'every element becomes one number' },
  { id: 'patch', label: 'patch from corrupted', note: 'the same hook of the corrupted prompt' },
  { id: 'add', label: 'add from corrupted', note: 'plus a factor times the same hook of the corrupted prompt' },
  { id: 'swap', label: 'swap positions', note: 'two positions change places' },
  { id: 'noise', label: 'noise', note: 'plus seeded noise of this deviation' },
];

/** The operation of a kind with its number where it takes one: factor, value or deviation. */
export function operationOf(kind: OperationKind, amount: number, hook: HookName): Operation {
  switch (kind) {
    case 'zero':
    case 'mean':
    case 'swap':
      return { kind };
    case 'scale':
      return { kind, factor: amount };
    case 'set':
      return { kind, values: [amount] };
    case 'patch':
      return { kind, prompt: 'corrupted', source: hook };
    case 'add':
      return { kind, factor: amount, prompt: 'corrupted', source: hook };
    case 'noise':
      return { kind, deviation: amount, seed: 0 };
    default:
      return kind satisfies never;
  }
}

/** What the panel shows of an operation: its kind and number; null where it came by a link in a form that the panel only names. */
export function amountOf({
  hook,
  operation,
}: Intervention): { readonly kind: OperationKind; readonly amount: number | null } | null {
  switch (operation.kind) {
    case 'zero':
    case 'mean':
    case 'swap':
      return { kind: operation.kind, amount: null };
    case 'scale':
      return { kind: 'scale', amount: operation.factor };
    case 'set':
      return operation.values.length === 1 ? { kind: 'set', amount: operation.values[0] ?? 0 } : null;
    case 'noise':
      return { kind: 'noise', amount: operation.deviation };
    case 'patch':
    case 'add': {
      const isOwn = operation.source === hook && operation.prompt === 'corrupted' && operation.sourceHead === undefined;
      if (!isOwn) return null;
      return operation.kind === 'add' ? { kind: 'add', amount: operation.factor } : { kind: 'patch', amount: null };
    }
    default:
      return null;
  }
}

/** Moves an intervention to another hook; what it takes from its own hook it takes from the new one. */
export function movedTo(intervention: Intervention, hook: HookName): Intervention {
  const shown = amountOf(intervention);
  return {
    ...intervention,
    hook,
    operation: shown ? operationOf(shown.kind, shown.amount ?? 1, hook) : intervention.operation,
  };
}

/** Reads `all`, `3`, `0, 3` or `4-7`; null where it is no such list. */
export function parseListed(text: string): readonly number[] | 'all' | null {
  if (/^\s*(all)?\s*$/i.test(text)) return 'all';
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
  return listed === 'all' ? 'all' : listed.join(', ');
}

/** A new row: zero one head's z, where the hook has heads. */
export function newIntervention(path: BlockHook, layer: number, heads: Intervention['heads']): Intervention {
  return { hook: blockHook(layer, path), heads, positions: 'all', operation: { kind: 'zero' }, enabled: true };
}

/** The path and layer of a block's hook; null for the model's own hooks. */
export function placeOfHook(hook: HookName): { readonly path: BlockHook; readonly layer: number } | null {
  const parsed = parseHookName(hook);
  return parsed?.kind === 'block' ? { path: parsed.hook, layer: parsed.layer } : null;
}
