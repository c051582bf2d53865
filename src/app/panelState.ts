// Which of the panels' common states the sitting is in.
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import type { PanelState } from '../views/data.ts';
import { useSliceInTurn } from './inTurn.ts';

/** For panels that show a run: skeleton before the first, dimmed while a newer one is wanted. */
export function useRunPanelState(session: Session): PanelState {
  return useSliceInTurn(session, runPanelState);
}

type RunShown = Pick<SessionState, 'model' | 'run' | 'shown' | 'stale'>;

/** Tells which state a panel that shows a run is in. */
export function runPanelState({ model, run, shown, stale }: RunShown): PanelState {
  if (shown) return stale || run.status === 'running' ? { kind: 'stale' } : { kind: 'ready' };
  // The banner has said why, once; here is only what is not.
  if (run.status === 'failed') return { kind: 'error', message: 'The first run failed: there is nothing to show yet.' };
  if (model.status === 'failed')
    return { kind: 'error', message: 'The model was not opened: there is nothing to show yet.' };
  return { kind: 'loading', what: 'Waiting for the first run' };
}
