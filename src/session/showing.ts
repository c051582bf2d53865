// Asking anew for a part of what is shown, after another hook, head, position or tolerance was chosen. Nothing runs again.
import type { DifferenceOf, HeldSide, MatrixPainting, RankBy } from '../engine/index.ts';
import type { Predictions } from '../worker/answers.ts';
import type { Picture } from '../worker/presenter.ts';
import { tellAddress } from './address.ts';
import { failureOf } from './failure.ts';
import { hasHook, loadHeads, loadInspection, loadValues } from './loadViews.ts';
import { differenceNotice } from './notices.ts';
import type { Sitting } from './sitting.ts';
import type { Shown } from './state.ts';

/** Asks for the chosen hook's inspection. */
export function showInspection(sitting: Sitting): Promise<void> {
  return sitting.showMore(['hook'], async (shown, experiment) => ({
    inspection: await loadInspection(sitting.client, shown.result, experiment),
  }));
}

/** Asks for the chosen head's matrices. */
export function showHeads(sitting: Sitting): Promise<void> {
  return sitting.showMore(['layer', 'head', 'show'], async (shown, experiment) => ({
    heads: await loadHeads(sitting, shown.result, experiment),
  }));
}

/** Asks for the values of the head that is shown, where they stayed on the GPU. */
export function showValues(sitting: Sitting): Promise<void> {
  return sitting.showMore(['layer', 'head', 'show'], async (shown) => {
    const heads = await loadValues(sitting.client, shown);
    return sitting.state.shown?.heads === shown.heads ? { heads } : {}; // another was chosen before, and has come meanwhile
  });
}

/** Asks for a picture of the head that is shown; null where it is no longer there to be painted, or was not wanted any more. */
export async function paintHead(
  { state: { shown }, client, pictures }: Sitting,
  side: HeldSide,
  painting: MatrixPainting,
  signal: AbortSignal,
): Promise<Picture | null> {
  if (!shown?.heads) return null;
  const { layer, head, show } = shown.heads;
  const at = { runId: shown.result.runId, show, layer, head };
  try {
    return await client.ask({ kind: 'paint', ...at, side, painting, how: pictures() }, { signal });
  } catch {
    return null; // aborted, or the GPU was lost, which is told elsewhere
  }
}

/** Asks for the next tokens at a position. */
export function showOutputs(sitting: Sitting, position: number): Promise<void> {
  return sitting.showMore([], async ({ result: { runId } }) => ({
    outputs: await sitting.client.ask({ kind: 'outputs', runId, position }),
  }));
}

/** Asks for the predictions at every position. */
export function showPredictions(sitting: Sitting, pair: Predictions['pair']): Promise<void> {
  return sitting.showMore([], async ({ result: { runId } }) => ({
    predictions: await sitting.client.ask({ kind: 'predictions', runId, pair }),
  }));
}

const RANKED_COUNT = 200;

/** Asks for the chosen hook's elements in an order; there are none where no run that was made has the hook. */
export function showRanking(sitting: Sitting, by: RankBy): Promise<void> {
  return sitting.showMore(['hook'], async (shown, { view }) => ({
    ranking: hasHook(shown.result, view.hook)
      ? await sitting.client.ask({
          kind: 'table',
          runId: shown.result.runId,
          hook: view.hook,
          by,
          count: RANKED_COUNT,
        })
      : null,
  }));
}

/** Has the kernels of the shown run timed; what was measured before stays meanwhile. */
export function showProfile(sitting: Sitting): Promise<void> {
  return showAsked(sitting, 'profile', (runId) => sitting.client.ask({ kind: 'profile', runId }));
}

/** Has the shown run's amplification measured; what was measured before stays meanwhile. */
export function showAmplification(sitting: Sitting, of: DifferenceOf): Promise<void> {
  return showAsked(sitting, 'amplification', (runId) => sitting.client.ask({ kind: 'amplification', runId, of }));
}

/** Asks for one part of what is shown by itself: while it is under way, and what became of it, are told beside the part. */
async function showAsked<K extends 'profile' | 'amplification'>(
  sitting: Sitting,
  part: K,
  ask: (runId: number) => Promise<NonNullable<Shown[K]['value']>>,
): Promise<void> {
  await sitting.showMore([], async (shown) => ({ [part]: { ...shown[part], isAsking: true, problem: null } }));
  await sitting.showMore([], async (shown) => {
    try {
      const value = await ask(shown.result.runId);
      return { [part]: { value, isAsking: false, problem: null } };
    } catch (error) {
      return { [part]: { ...shown[part], isAsking: false, problem: failureOf(error).message } };
    }
  });
}

/** Judges what was captured under the tolerance of now. */
export async function judgeAgain(sitting: Sitting): Promise<void> {
  await sitting.showMore([], async ({ result: { runId } }, { tolerance }) => {
    const ladder = await sitting.client.ask({ kind: 'compare', runId, tolerance });
    if (ladder.length > 0) sitting.set({ notice: differenceNotice(ladder) });
    return { ladder };
  });
  await showInspection(sitting);
  await tellAddress(sitting, 'replace');
}
