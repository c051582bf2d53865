// A place of the page reads only the part of the sitting it shows, so that it draws anew when that part changes and stands still
// while runs go on, downloads progress and prompts are typed elsewhere.
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';

/** Follows what `select` picks out of the state; a new object with the same fields counts as no change. */
export function useSlice<T>(session: Session, select: (state: SessionState) => T): T {
  return useStore(session.store, useShallow(select));
}
