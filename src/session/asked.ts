// What is asked of the prompts beside the runs: kept in the experiment, so that links, files and undo have it, and asked again when a
// link is opened.
import type { Experiment } from '../engine/index.ts';
import { tellAddress } from './address.ts';
import { remember } from './edits.ts';
import type { Sitting } from './sitting.ts';
import type { RanOn, SessionState, SweepRun } from './state.ts';

export type Asks = Pick<Experiment, 'sweep' | 'paths' | 'continuation'>;

/** Writes what is asked into the experiment; the run that is shown is none the staler. */
export function noteAsked(sitting: Sitting, asks: Partial<Asks>): void {
  const { experiment, edits } = sitting.state;
  const asked = { ...experiment, ...asks };
  if (JSON.stringify(asked) === JSON.stringify(experiment)) return;
  sitting.set({ experiment: asked, edits: remember(edits, experiment) });
  sitting.track(tellAddress(sitting, 'replace'));
}

/** What a sweep or a reading runs now: A's specification, or B's where B runs alone. */
export function runOnNow({ experiment, tokens, corruptedTokens }: SessionState): RanOn {
  return {
    spec: experiment.mode === 'split' ? experiment.b : experiment.a,
    tokenIds: tokens.map(({ id }) => id),
    corruptedTokenIds: corruptedTokens?.map(({ id }) => id) ?? null,
  };
}

/** The sweep, where it is the one that is asked and of the prompts and specification of now. */
export function sweepOfNow(state: SessionState): SweepRun | null {
  const { sweep, experiment } = state;
  if (!sweep) return null;
  const isOfNow = JSON.stringify([sweep.asked, sweep.on]) === JSON.stringify([experiment.sweep, runOnNow(state)]);
  return isOfNow ? sweep : null;
}

/** Ends all that is asked, as before another model is loaded; what has come stays, marked ended. */
export function endAsked(sitting: Sitting): void {
  sitting.jobs.endAll();
  const { sweep, paths, continuation, reading, circuits, repeatedScores } = sitting.state;
  const isAsking = false;
  sitting.set({
    isTakingMean: false,
    reading: { ...reading, isAsking },
    circuits: { ...circuits, isAsking },
    repeatedScores: { ...repeatedScores, isAsking },
  });
  if (sweep?.status === 'running') sitting.set({ sweep: { ...sweep, status: 'cancelled' } });
  if (paths?.status === 'running') sitting.set({ paths: { ...paths, status: 'cancelled' } });
  if (continuation?.status === 'running') sitting.set({ continuation: { ...continuation, status: 'cancelled' } });
}
