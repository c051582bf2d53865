// Panels that show a run draw anew one after the other: a finished run changes them all, and drawn together they would hold the page's
// thread for longer than a reader's key should wait. Each draws what is newest when its turn comes.
import { useEffect, useMemo, useRef, useState } from 'react';
import { shallow } from 'zustand/shallow';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { endTurn, type Turn, takeTurn } from './turns.ts';

/** Follows what `select` picks out of the state, as `useSlice` does, in this panel's turn. Not for what is typed into, nor for a place that keys move: the next one goes on from what is drawn. */
export function useSliceInTurn<T>(session: Session, select: (state: SessionState) => T): T {
  const [slice, setSlice] = useState(() => select(session.store.getState()));
  const drawn = useRef({ select, slice });
  const turn = useMemo<Turn>(
    () => () => {
      const next = drawn.current.select(session.store.getState());
      if (shallow(drawn.current.slice, next)) return false;
      setSlice(() => next);
      return true;
    },
    [session],
  );
  useEffect(() => {
    const isAnew = drawn.current.slice !== slice;
    drawn.current = { select, slice };
    if (!isAnew) return;
    endTurn(turn);
    takeTurn(turn); // what changed meanwhile
  });
  useEffect(() => {
    takeTurn(turn); // what changed between the first drawing and now
    const leave = session.store.subscribe(() => takeTurn(turn));
    return () => {
      leave();
      endTurn(turn);
    };
  }, [session, turn]);
  return slice;
}
