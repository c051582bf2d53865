// A panel that is mounted in its turn. Mounted together, all panels hold the page's thread for longer than a reader's key should wait: one
// commit inserts their elements, lays them out and runs their effects, and cannot be interrupted. Here each is rendered in slices, between
// which input goes first, and committed in a task of its own; the next follows when that is done. Until then its place is there, empty.
import { type ReactNode, startTransition, useEffect, useState } from 'react';

const waiting = new Set<() => void>(); // the first is being mounted

function mountFirst(): void {
  const [mount] = waiting;
  if (mount) startTransition(mount);
}

/** Leaves the line; the next comes where this was the first. */
function leave(mount: () => void): void {
  const [first] = waiting;
  waiting.delete(mount);
  if (first === mount) mountFirst();
}

/** Mounts its children when their turn comes, in the order in which their places were. */
export function MountInTurn({ children }: { readonly children: ReactNode }) {
  const [mount] = useState(() => () => setHasCome(true));
  const [hasCome, setHasCome] = useState(false);
  useEffect(() => {
    if (hasCome) return;
    waiting.add(mount);
    if (waiting.size === 1) mountFirst();
    return () => leave(mount); // mounted, or gone with its place
  }, [mount, hasCome]);
  return hasCome ? children : <div className="panel" aria-busy="true" />;
}
