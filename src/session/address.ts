// The address of a sitting: the link of what is wanted now, and who follows it.
import type { Experiment } from '../engine/index.ts';
import { encodeLink } from '../share/encode.ts';
import type { Sitting } from './sitting.ts';
import type { SessionState } from './state.ts';

/** What is wanted now, with the ids that were run and the result's fingerprint unless stale: what a reader elsewhere is given. */
export function pinnedExperiment({ experiment, shown, stale }: SessionState): Experiment {
  const known = stale ? null : shown;
  const tokenIds = known ? known.result.tokenIds : experiment.prompt.tokenIds;
  return {
    ...experiment,
    prompt: { ...experiment.prompt, tokenIds },
    fingerprint: known?.result.fingerprint ?? null,
  };
}

/** The link of what is wanted now; null where it is too long for one. */
export async function linkOf({ state }: Sitting): Promise<string | null> {
  return encodeLink(pinnedExperiment(state)).catch((error: unknown) => {
    if (error instanceof RangeError) return null;
    throw error;
  });
}

/** Tells the listeners the link of now; says nothing where there is none. */
export async function tellAddress(sitting: Sitting, how: 'push' | 'replace'): Promise<void> {
  const hash = await linkOf(sitting);
  if (hash === null) return;
  sitting.follow(hash);
  for (const listener of sitting.addressListeners) listener(hash, how);
}
