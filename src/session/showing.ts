// Asking anew for a part of what is shown, after another hook, head, position or tolerance was chosen. Nothing runs again.
import { tellAddress } from './address.ts';
import { loadHeads, loadInspection } from './loadViews.ts';
import { differenceNotice } from './notices.ts';
import type { Sitting } from './sitting.ts';

/** Asks for the chosen hook's inspection. */
export function showInspection(sitting: Sitting): Promise<void> {
  return sitting.showMore(async (shown, experiment) => ({
    inspection: await loadInspection(sitting.client, shown.result, experiment),
  }));
}

/** Asks for the chosen head's matrices. */
export function showHeads(sitting: Sitting): Promise<void> {
  return sitting.showMore(async (shown, experiment) => ({
    heads: await loadHeads(sitting.client, shown.result, experiment),
  }));
}

/** Asks for the next tokens at a position. */
export function showOutputs(sitting: Sitting, position: number): Promise<void> {
  return sitting.showMore(async ({ result: { runId } }) => ({
    outputs: await sitting.client.ask({ kind: 'outputs', runId, position }),
  }));
}

/** Judges what was captured under the tolerance of now. */
export async function judgeAgain(sitting: Sitting): Promise<void> {
  await sitting.showMore(async ({ result: { runId } }, { tolerance }) => {
    const ladder = await sitting.client.ask({ kind: 'compare', runId, tolerance });
    if (ladder.length > 0) sitting.set({ notice: differenceNotice(ladder) });
    return { ladder };
  });
  await showInspection(sitting);
  await tellAddress(sitting, 'replace');
}
