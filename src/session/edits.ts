// Undo and redo without end: every setup that was wanted before the present one, and those that were taken back. Pure.
import type { Experiment } from '../engine/index.ts';

/** Setups, oldest first in `past`, nearest first in `future`. What is looked at is no part of them: undo leaves the view. */
export type Edits = { readonly past: readonly Experiment[]; readonly future: readonly Experiment[] };

export type Step = { readonly edits: Edits; readonly setup: Experiment };

export const NO_EDITS: Edits = { past: [], future: [] };

/** Remembers `before` as the setup that an edit left; what was taken back before is gone then. */
export function remember(edits: Edits, before: Experiment): Edits {
  return { past: [...edits.past, before], future: [] };
}

/** The setup before the present one; null where there is none. */
export function undone({ past, future }: Edits, present: Experiment): Step | null {
  const setup = past.at(-1);
  return setup ? { setup, edits: { past: past.slice(0, -1), future: [present, ...future] } } : null;
}

/** The setup that was taken back last; null where none was. */
export function redone({ past, future }: Edits, present: Experiment): Step | null {
  const [setup, ...rest] = future;
  return setup ? { setup, edits: { past: [...past, present], future: rest } } : null;
}

/** Says whether two experiments set up the same, whatever is looked at. */
export function sameSetup(one: Experiment, other: Experiment): boolean {
  return JSON.stringify(setupOf(one)) === JSON.stringify(setupOf(other));
}

/** Says whether they differ in nothing that is run: only in how the result is judged, and in what is asked beside the runs. */
export function sameRun(one: Experiment, other: Experiment): boolean {
  const { tolerance, sweep, paths, continuation } = one;
  return sameSetup(one, { ...other, tolerance, sweep, paths, continuation });
}

function setupOf(experiment: Experiment) {
  const { model, prompt, corrupted, mode, a, b, tolerance, interventions, sweep, paths, continuation } = experiment;
  return [model, prompt, corrupted, mode, a, b, tolerance, interventions, sweep, paths, continuation];
}
