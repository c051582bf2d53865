// Panels that show a run draw anew one after the other, each in a task of its own: a finished run changes them all, and drawn together they
// would hold the page's thread for longer than a reader's key should wait. Input goes before them; each draws what is newest when its
// turn comes.
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { shallow } from 'zustand/shallow';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';

const waiting = new Set<() => void>();
const turns = new MessageChannel();

turns.port1.onmessage = () => {
  const [draw] = waiting;
  if (!draw) return;
  waiting.delete(draw);
  if (waiting.size > 0) turns.port2.postMessage(null);
  flushSync(draw);
};

/** Lets an update draw in a task of its own; one that waits already draws once. */
function inTurn(draw: () => void): void {
  if (waiting.has(draw)) return;
  if (waiting.size === 0) turns.port2.postMessage(null);
  waiting.add(draw);
}

/** Follows what `select` picks out of the state, as `useSlice` does, in this panel's turn. Not for what is typed into. */
export function useSliceInTurn<T>(session: Session, select: (state: SessionState) => T): T {
  const [slice, setSlice] = useState(() => select(session.store.getState()));
  const latest = useRef({ select, slice });
  useEffect(() => {
    latest.current = { select, slice };
  });
  useEffect(() => {
    const next = () => latest.current.select(session.store.getState());
    const draw = () => setSlice(() => next());
    const look = () => {
      if (!shallow(latest.current.slice, next())) inTurn(draw);
    };
    look(); // what changed between the first drawing and now
    const leave = session.store.subscribe(look);
    return () => {
      leave();
      waiting.delete(draw);
    };
  }, [session]);
  return slice;
}
