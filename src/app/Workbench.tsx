// The workbench: rail, centre, inspector. One panel at a time may be maximised over all others.
import { useStore } from 'zustand';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import type { Figure } from '../views/share/take.ts';
import { Centre } from './Centre.tsx';
import type { PartProps } from './part.ts';
import { Rail } from './Rail.tsx';
import { Side } from './Side.tsx';
import { useIsNarrow } from './useIsNarrow.ts';

type Props = Pick<PartProps, 'session' | 'ui'>;

const FIGURES: ReadonlyMap<string, Figure> = new Map([
  ['panel-ladder', 'ladder'],
  ['panel-heads', 'heads'],
  ['panel-pattern', 'pattern'],
]);

/** What saves a panel's figure; its code comes when it is first wanted. Null where a panel has none. */
function saverOf({ session, ui }: Props, panelId: string): PanelFrame['onFigure'] {
  const shownIn = FIGURES.get(panelId);
  if (!shownIn) return null;
  return async (format) => {
    const figure = shownIn === 'ladder' && ui.getState().ladderShows === 'amplification' ? 'amplification' : shownIn;
    const { takeAway } = await import('./takeAway.ts');
    await takeAway({ session, ui, url: null }, { kind: 'figure', figure, format });
  };
}

export function Workbench({ session, ui }: Props) {
  const { maximised: wanted, narrowTab } = useStore(ui);
  const isNarrow = useIsNarrow();
  const maximised = isNarrow ? null : wanted;
  const frameOf = (panelId: string): PanelFrame => ({
    isMaximised: maximised === panelId,
    onMaximise: isNarrow ? null : () => ui.set({ maximised: maximised === panelId ? null : panelId }),
    onFigure: saverOf({ session, ui }, panelId),
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
