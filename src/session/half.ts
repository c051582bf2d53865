// A comparison's first half: A alone, shown as soon as it is there, while B and the comparison are still to come.
import type { Experiment } from '../engine/index.ts';
import { sameRun } from './edits.ts';
import type { SessionState } from './state.ts';

/** The experiment that runs A of a comparison, and nothing else. */
export function halfOf(experiment: Experiment): Experiment {
  return { ...experiment, mode: 'fused' };
}

/** The run that is shown, where it is A of the comparison that is wanted; else null. */
export function shownHalf({ shown, experiment }: Pick<SessionState, 'shown' | 'experiment'>): number | null {
  if (shown === null || experiment.mode !== 'compare' || shown.experiment.mode !== 'fused') return null;
  return sameRun(shown.experiment, halfOf(experiment)) ? shown.result.runId : null;
}
