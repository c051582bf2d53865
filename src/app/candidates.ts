// Tokens that a metric may look at: the likely next ones at the chosen position, then those of the prompt.
import type { Shown } from '../session/state.ts';
import type { ViewToken } from '../views/data.ts';

/** Each token once, the likeliest first. */
export function candidatesOf(shown: Shown | null): readonly ViewToken[] {
  const next = shown?.outputs?.rows.map(({ token }) => token) ?? [];
  const all = [...next, ...(shown?.tokens ?? [])];
  return [...new Map(all.map((token) => [token.id, token])).values()];
}
