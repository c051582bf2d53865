// A panel that is mounted in its turn. Mounted together, all panels hold the page's thread for longer than a reader's key should wait: one
// commit inserts their elements, lays them out and runs their effects. Until its turn comes a panel's place is there, empty.
import { type ComponentType, useEffect, useState } from 'react';
import type { PartProps } from './part.ts';
import { endTurn, type Turn, takeTurn } from './turns.ts';

type Props = { readonly Place: ComponentType<PartProps>; readonly part: PartProps };

/** Mounts a part of the page when its turn comes, in the order in which their places were. */
export function MountInTurn({ Place, part }: Props) {
  const [hasCome, setHasCome] = useState(false);
  const [turn] = useState<Turn>(() => () => {
    setHasCome(true);
    return true;
  });
  useEffect(() => {
    if (hasCome) return;
    takeTurn(turn);
    return () => endTurn(turn); // mounted, or gone with its place
  }, [turn, hasCome]);
  return hasCome ? <Place {...part} /> : <div className="panel" aria-busy="true" />;
}
