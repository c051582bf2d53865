// The workbench: rail, centre, inspector. One panel at a time may be maximised over all others.
import { memo, useMemo } from 'react';
import { useStore } from 'zustand';
import { Centre } from './Centre.tsx';
import { MountInTurn } from './MountInTurn.tsx';
import type { PartProps } from './part.ts';
import { Rail } from './Rail.tsx';
import { Side } from './Side.tsx';
import { useIsNarrow } from './useIsNarrow.ts';

type Props = Pick<PartProps, 'session' | 'ui'>;

export const Workbench = memo(function Workbench({ session, ui }: Props) {
  const narrowTab = useStore(ui, (state) => state.narrowTab);
  const wanted = useStore(ui, (state) => state.maximised);
  const isNarrow = useIsNarrow();
  const maximised = isNarrow ? null : wanted;
  // The same elements as long as these are the same: nothing in them is drawn anew when a tab or a maximised panel changes.
  const parts = useMemo(() => {
    const part: PartProps = { session, ui, isNarrow };
    return (
      <>
        <Rail {...part} />
        <Centre {...part} />
        <MountInTurn Place={Side} part={part} />
      </>
    );
  }, [session, ui, isNarrow]);
  return (
    <main className="workbench" data-tab={narrowTab} data-maximised={maximised ?? undefined}>
      {parts}
    </main>
  );
});
