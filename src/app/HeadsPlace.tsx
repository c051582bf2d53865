// The head grid over the sitting: scores and thumbnails of the shown run.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { SessionState } from '../session/state.ts';
import { MenuZone } from '../views/controls/Menus.tsx';
import { HeadGrid } from '../views/headGrid/HeadGrid.tsx';
import { headMenu } from './deedMenu.ts';
import { useSliceInTurn } from './inTurn.ts';
import { usePanelFrame } from './panelFrame.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { useMapPaint } from './preferences.ts';
import { scoredAtlas } from './scoredAtlas.ts';

export function HeadsPlace(part: PartProps) {
  const { session, ui } = part;
  const menuOf = useMemo(() => headMenu(session), [session]);
  const { made, repeated, nKeyValueHeads, layer, head, atol } = useSliceInTurn(session, headsSlice);
  const { pins, scoredOn, headMetric } = useStore(
    ui,
    useShallow(({ pins, scoredOn, headMetric }) => ({ pins, scoredOn, headMetric })),
  );
  const paint = useMapPaint();
  const { atlas, side, isRepeated } = useMemo(() => scoredAtlas(made, repeated, scoredOn), [made, repeated, scoredOn]);
  return (
    <MenuZone select="[data-at]" menuOf={menuOf}>
      <HeadGrid
        atlas={atlas}
        scoredOn={isRepeated ? 'repeated' : 'prompt'}
        side={side}
        metric={headMetric}
        onMetric={(headMetric) => ui.set({ headMetric })}
        nKeyValueHeads={nKeyValueHeads}
        atol={atol}
        paint={paint}
        selected={{ layer, head }}
        onSelect={(layer, head) => session.selectHead(layer, head)}
        pins={pins}
        onPin={(head) => ui.pin(head)}
        state={useRunPanelState(session)}
        frame={usePanelFrame(part, 'panel-heads')}
      />
    </MenuZone>
  );
}

function headsSlice({ shown, experiment, model, repeatedScores }: SessionState) {
  return {
    made: shown?.atlas ?? null,
    repeated: repeatedScores.value,
    nKeyValueHeads: model.status === 'ready' ? model.model.config.nKeyValueHeads : 1,
    layer: experiment.view.layer,
    head: experiment.view.head,
    atol: experiment.tolerance.atol,
  };
}
