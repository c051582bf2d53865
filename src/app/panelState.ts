// Which of the panels' common states the sitting is in.
import { shownHalf } from '../session/half.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import type { PanelState } from '../views/data.ts';
import { useSliceInTurn } from './inTurn.ts';

/** For panels that show a run: skeleton before the first, dimmed while a newer one is wanted. */
export function useRunPanelState(session: Session): PanelState {
  return useSliceInTurn(session, runPanelState);
}

/** For panels that show a comparison: skeleton until both runs of the first are there. */
export function useComparisonPanelState(session: Session): PanelState {
  return useSliceInTurn(session, (state) => {
    const isHalf = state.run.status === 'running' && shownHalf(state) !== null;
    return isHalf ? { kind: 'loading', what: 'Comparing' } : runPanelState(state);
  });
}

type RunShown = Pick<SessionState, 'model' | 'run' | 'shown' | 'stale' | 'experiment'>;

/** Tells which state a panel that shows a run is in. */
export function runPanelState(state: RunShown): PanelState {
  const { model, run, shown, stale } = state;
  if (shownHalf(state) !== null) return { kind: 'ready' }; // A of the comparison that is wanted: no earlier run
  if (shown) return stale || run.status === 'running' ? { kind: 'stale' } : { kind: 'ready' };
  // The banner has said why, once; here is only what is not.
  if (run.status === 'failed') return { kind: 'error', message: 'The first run failed: there is nothing to show yet.' };
  if (model.status === 'failed')
    return { kind: 'error', message: 'The model was not opened: there is nothing to show yet.' };
  return { kind: 'loading', what: 'Waiting for the first run' };
}
