// The frame of a panel: whether it is maximised, and what its figures are saved by. Each panel follows its own, so that opening a dialog,
// another tab or another panel's maximising draws nothing else anew.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import { FIGURES, type Figure } from '../views/share/take.ts';
import type { PartProps } from './part.ts';
import type { Ui } from './uiState.ts';

/** The figures that a panel shows, by its id; a function where it shows one of several. */
const FIGURES_IN: ReadonlyMap<string, readonly Figure[] | ((ui: Ui) => Figure)> = new Map<
  string,
  readonly Figure[] | ((ui: Ui) => Figure)
>([
  ['panel-ladder', ({ ladderShows }) => (ladderShows === 'amplification' ? 'amplification' : 'ladder')],
  ['panel-heads', ['heads']],
  ['panel-pattern', ['pattern']],
  ['panel-inspector', ['histogram', 'errors', 'ulps']],
  ['panel-outputs', ['nextTokens', 'trends']],
  ['panel-reading', ['attribution', 'lens', 'circuits']],
  ['panel-sweep', ({ swept }) => (swept === 'edits' ? 'sweep' : 'paths')],
  ['panel-continuation', ['continuation']],
]);

/** Follows the frame of the panel with this id. */
export function usePanelFrame({ session, ui, isNarrow }: PartProps, panelId: string): PanelFrame {
  const isMaximised = useStore(ui, ({ maximised }) => !isNarrow && maximised === panelId);
  return useMemo(
    () => ({
      isMaximised,
      onMaximise: isNarrow ? null : () => ui.set({ maximised: isMaximised ? null : panelId }),
      figures: saversOf({ session, ui }, panelId),
    }),
    [session, ui, isNarrow, isMaximised, panelId],
  );
}

/** What saves a panel's figures; its code comes when it is first wanted. */
function saversOf({ session, ui }: Pick<PartProps, 'session' | 'ui'>, panelId: string): PanelFrame['figures'] {
  const shown = FIGURES_IN.get(panelId) ?? [];
  const saver = (name: string, of: () => Figure): PanelFrame['figures'][number] => ({
    name,
    onSave: async (format) => {
      const { takeAway } = await import('./takeAway.ts');
      await takeAway({ session, ui, url: null }, { kind: 'figure', figure: of(), format });
    },
  });
  if (typeof shown === 'function') return [saver(panelId, () => shown(ui.getState()))];
  return FIGURES.filter(({ id }) => shown.includes(id)).map(({ id, name }) => saver(name, () => id));
}
