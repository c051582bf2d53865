// Which of the panels' common states the sitting is in.
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import type { PanelState } from '../views/data.ts';
import { useSliceInTurn } from './inTurn.ts';

/** For panels that show a run: skeleton before the first, dimmed while a newer one is wanted. */
export function useRunPanelState(session: Session): PanelState {
  return useSliceInTurn(session, runPanelState);
}

function runPanelState({ model, run, shown, stale }: SessionState): PanelState {
  if (shown) return stale || run.status === 'running' ? { kind: 'stale' } : { kind: 'ready' };
  if (run.status === 'failed') return { kind: 'error', message: run.failure.message };
  if (model.status === 'failed') return { kind: 'error', message: model.failure.message };
  return { kind: 'loading', what: 'Waiting for the first run' };
}
