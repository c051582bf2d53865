// Actions on what was: undo, redo, a run of the log wanted again, two of them compared.
import { redone, type Step, undone } from './edits.ts';
import type { RunEntry } from './logEntry.ts';
import { pairOf, relationOf } from './pairing.ts';
import { wantSetup } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

type HistoryActions = Pick<Session, 'undo' | 'redo' | 'restoreRun' | 'compareRuns' | 'relationOfRuns'>;

/** The actions of undo and of the log. */
export function historyActions(sitting: Sitting): HistoryActions {
  const go = (step: Step | null) => {
    if (step) wantSetup(sitting, step.setup, step.edits);
  };
  return {
    undo: () => go(undone(sitting.state.edits, sitting.state.experiment)),
    redo: () => go(redone(sitting.state.edits, sitting.state.experiment)),
    restoreRun: (id) => {
      const entry = runOf(sitting, id);
      if (entry) wantSetup(sitting, entry.experiment);
    },
    compareRuns: (referenceId, comparedId) => {
      const [reference, compared] = [runOf(sitting, referenceId), runOf(sitting, comparedId)];
      if (!reference || !compared) return;
      const pair = pairOf(reference, compared);
      if (pair.kind === 'runnable') wantSetup(sitting, pair.experiment);
      else sitting.set({ notice: { text: `#${referenceId} and #${comparedId}: ${pair.why}.`, tone: 'bad' } });
    },
    relationOfRuns: (referenceId, comparedId) => {
      const [reference, compared] = [runOf(sitting, referenceId), runOf(sitting, comparedId)];
      if (!reference || !compared) return { text: 'one of them is no longer in the log', whyNot: 'it is gone' };
      const pair = pairOf(reference, compared);
      return { text: relationOf(reference, compared), whyNot: pair.kind === 'apart' ? pair.why : null };
    },
  };
}

function runOf({ state }: Sitting, id: number): RunEntry | undefined {
  return state.log.find((entry): entry is RunEntry => entry.kind === 'run' && entry.id === id);
}
