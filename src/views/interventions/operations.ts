// The operations of an intervention as the panel offers them, what each keeps when another is chosen, and vectors as text. Pure.
import type { HookName, Intervention, Operation } from '../../engine/index.ts';

export type OperationKind = Operation['kind'];

export const OPERATIONS: readonly { readonly id: OperationKind; readonly label: string; readonly note: string }[] = [
  { id: 'zero', label: 'zero', note: 'every element becomes 0' },
  { id: 'mean', label: 'mean', note: 'every position gets the mean of all positions of this run' },
  { id: 'scale', label: 'scale', note: 'times a factor' },
  { id: 'set', label: 'set', note: 'one number, a vector for all heads, one a head; or a mean over prompts' },
  { id: 'patch', label: 'patch', note: 'another activation takes its place' },
  { id: 'freeze', label: 'freeze to a run', note: "the same hook as another prompt's own run has it" },
  { id: 'add', label: 'add an activation', note: 'plus a factor times another activation' },
  { id: 'addVector', label: 'add a vector', note: 'plus a factor times a direction: typed, pasted or from a file' },
  { id: 'addToken', label: "add a token's embedding", note: 'plus a factor times its column of W_E' },
  { id: 'swap', label: 'swap positions', note: 'the two positions listed change places' },
  { id: 'noise', label: 'noise', note: 'plus seeded noise of this deviation, the same bits everywhere' },
];

/** An operation of another kind: what it has in common with the one before stays, the rest begins anew. */
export function operationOf(kind: OperationKind, before: Operation, hook: HookName): Operation {
  const factor = 'factor' in before ? before.factor : 1;
  const values = 'values' in before ? before.values : [0];
  const from = {
    prompt: 'prompt' in before ? before.prompt : ('corrupted' as const),
    source: 'source' in before ? before.source : hook,
    ...('sourceHead' in before && before.sourceHead !== undefined ? { sourceHead: before.sourceHead } : {}),
  };
  switch (kind) {
    case 'zero':
    case 'mean':
    case 'swap':
      return { kind };
    case 'scale':
      return { kind, factor };
    case 'set':
      return { kind, values };
    case 'patch':
      return { kind, ...from };
    case 'freeze':
      return { kind, prompt: from.prompt === 'clean' ? 'clean' : 'corrupted' };
    case 'add':
      return { kind, factor, ...from };
    case 'addVector':
      return { kind, factor, values };
    case 'addToken':
      return { kind, factor, token: 'token' in before ? before.token : 0 };
    case 'noise':
      return { kind, deviation: 1, seed: 0 };
    default:
      return kind satisfies never;
  }
}

/** Moves an intervention to another hook; what it takes from its own hook it takes from the new one. */
export function movedTo(intervention: Intervention, hook: HookName): Intervention {
  const { operation } = intervention;
  const takesOwn = 'source' in operation && operation.source === intervention.hook;
  return { ...intervention, hook, operation: takesOwn ? { ...operation, source: hook } : operation };
}

/** Longest vector that is taken, as in a link. */
export const MAX_VALUES = 65_536;

/** Reads numbers separated by spaces, commas or lines, or a JSON array of any depth; null where something in it is none. */
export function readVector(text: string): readonly number[] | null {
  const parts = text
    .replace(/[[\]]/g, ' ')
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  const values = parts.map(Number);
  const isVector = values.length > 0 && values.length <= MAX_VALUES && values.every((value) => Number.isFinite(value));
  return isVector ? values : null;
}

/** Writes a vector as it is typed. */
export function writeVector(values: readonly number[]): string {
  return values.join(', ');
}

/** Exchanges two rows; null where one of them is not there. */
export function exchanged<T>(rows: readonly T[], one: number, other: number): readonly T[] | null {
  const [a, b] = [rows[one], rows[other]];
  if (a === undefined || b === undefined) return null;
  return rows.map((row, at) => (at === one ? b : at === other ? a : row));
}
