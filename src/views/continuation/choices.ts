// How a prompt is to be continued, as the form edits it; the request that it makes, and where two continuations part. Pure.
import type { Continuation } from '../../engine/index.ts';

/** Every field of the form; those of a seeded draw are kept while the greedy rule is chosen. */
export type Choices = {
  readonly kind: 'greedy' | 'seeded';
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number | null; // null: all
  readonly topP: number | null; // null: all
  readonly maxTokens: number;
};

export const FIRST_CHOICES: Choices = {
  kind: 'greedy',
  seed: 1,
  temperature: 1,
  topK: null,
  topP: null,
  maxTokens: 32,
};

/** The choices that a continuation was asked by; what it does not say stays as it is in `base`. */
export function choicesOf({ sampling, maxTokens }: Continuation, base: Choices): Choices {
  return { ...base, ...sampling, maxTokens };
}

/** The continuation that a form's choices mean. */
export function continuationOf({ kind, seed, temperature, topK, topP, maxTokens }: Choices): Continuation {
  return { sampling: kind === 'greedy' ? { kind } : { kind, seed, temperature, topK, topP }, maxTokens };
}

/** Reads a number of at least `least`, whole where asked; null where it is none. */
export function readNumber(text: string, least: number, isWhole: boolean): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= least && (!isWhole || Number.isInteger(value)) ? value : null;
}

/** The first token, from 0, at which two continuations part; null where they do not, or have not yet. */
export function partingOf(a: readonly { id: number }[] | null, b: readonly { id: number }[] | null): number | null {
  if (!a || !b) return null;
  const first = a.findIndex(({ id }, at) => b[at] !== undefined && b[at].id !== id);
  return first < 0 ? null : first;
}
