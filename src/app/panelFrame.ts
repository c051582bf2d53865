// The frame of a panel: whether it is maximised, and what its figure is saved by. Each panel follows its own, so that opening a dialog,
// another tab or another panel's maximising draws nothing else anew.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import type { Figure } from '../views/share/take.ts';
import type { PartProps } from './part.ts';

const FIGURES: ReadonlyMap<string, Figure> = new Map([
  ['panel-ladder', 'ladder'],
  ['panel-heads', 'heads'],
  ['panel-pattern', 'pattern'],
]);

/** Follows the frame of the panel with this id. */
export function usePanelFrame({ session, ui, isNarrow }: PartProps, panelId: string): PanelFrame {
  const isMaximised = useStore(ui, ({ maximised }) => !isNarrow && maximised === panelId);
  return useMemo(
    () => ({
      isMaximised,
      onMaximise: isNarrow ? null : () => ui.set({ maximised: isMaximised ? null : panelId }),
      onFigure: saverOf({ session, ui }, panelId),
    }),
    [session, ui, isNarrow, isMaximised, panelId],
  );
}

/** What saves a panel's figure; its code comes when it is first wanted. Null where a panel has none. */
function saverOf({ session, ui }: Pick<PartProps, 'session' | 'ui'>, panelId: string): PanelFrame['onFigure'] {
  const shownIn = FIGURES.get(panelId);
  if (!shownIn) return null;
  return async (format) => {
    const figure = shownIn === 'ladder' && ui.getState().ladderShows === 'amplification' ? 'amplification' : shownIn;
    const { takeAway } = await import('./takeAway.ts');
    await takeAway({ session, ui, url: null }, { kind: 'figure', figure, format });
  };
}
