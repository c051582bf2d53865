// The workbench: rail, centre, inspector. One panel at a time may be maximised over all others.
import { useStore } from 'zustand';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import { Centre } from './Centre.tsx';
import type { PartProps } from './part.ts';
import { Rail } from './Rail.tsx';
import { Side } from './Side.tsx';
import { useIsNarrow } from './useIsNarrow.ts';

type Props = Pick<PartProps, 'session' | 'ui'>;

export function Workbench({ session, ui }: Props) {
  const { maximised: wanted, narrowTab } = useStore(ui);
  const isNarrow = useIsNarrow();
  const maximised = isNarrow ? null : wanted;
  const frameOf = (panelId: string): PanelFrame => ({
    isMaximised: maximised === panelId,
    onMaximise: isNarrow ? null : () => ui.set({ maximised: maximised === panelId ? null : panelId }),
  });
  const part = { session, ui, isNarrow, frameOf };
  return (
    <main className="workbench" data-tab={narrowTab} data-maximised={maximised ?? undefined}>
      <Rail {...part} />
      <Centre {...part} />
      <Side {...part} />
    </main>
  );
}
