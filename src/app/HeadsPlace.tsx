// The head grid over the sitting: scores and thumbnails of the shown run.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { SessionState } from '../session/state.ts';
import { MenuZone } from '../views/controls/Menus.tsx';
import { HeadGrid } from '../views/headGrid/HeadGrid.tsx';
import { headMenu } from './deedMenu.ts';
import { useSliceInTurn } from './inTurn.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';

export function HeadsPlace({ session, ui, frameOf }: PartProps) {
  const menuOf = useMemo(() => headMenu(session), [session]);
  const { shown, repeated, nKeyValueHeads, layer, head, atol } = useSliceInTurn(session, headsSlice);
  const { pins, scoredOn } = useStore(ui);
  const atlas = shown?.heads ?? null;
  const scores = scoredOn === 'repeated' ? repeated : null;
  const scored = useMemo(() => (atlas && scores ? { ...atlas, scores } : atlas), [atlas, scores]);
  return (
    <MenuZone select="[data-at]" menuOf={menuOf}>
      <HeadGrid
        atlas={scored}
        scoredOn={scores ? 'repeated' : 'prompt'}
        side={shown?.side ?? 'a'}
        nKeyValueHeads={nKeyValueHeads}
        atol={atol}
        selected={{ layer, head }}
        onSelect={(layer, head) => session.selectHead(layer, head)}
        pins={pins}
        onPin={(head) => ui.pin(head)}
        state={useRunPanelState(session)}
        frame={frameOf('panel-heads')}
      />
    </MenuZone>
  );
}

function headsSlice({ shown, experiment, model, repeatedScores }: SessionState) {
  return {
    shown: shown?.atlas ?? null,
    repeated: repeatedScores.value,
    nKeyValueHeads: model.status === 'ready' ? model.model.config.nKeyValueHeads : 1,
    layer: experiment.view.layer,
    head: experiment.view.head,
    atol: experiment.tolerance.atol,
  };
}
