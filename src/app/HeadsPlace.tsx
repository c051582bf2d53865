// The head grid over the sitting: scores and thumbnails of the shown run.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { sweepOfNow } from '../session/asked.ts';
import type { SessionState } from '../session/state.ts';
import { MenuZone } from '../views/controls/Menus.tsx';
import { HeadGrid } from '../views/headGrid/HeadGrid.tsx';
import { headMenu } from './deedMenu.ts';
import { headEffectOf } from './headEffect.ts';
import { useSliceInTurn } from './inTurn.ts';
import { usePanelFrame } from './panelFrame.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { useMapPaint } from './preferences.ts';
import { scoredAtlas } from './scoredAtlas.ts';

export function HeadsPlace(part: PartProps) {
  const { session, ui } = part;
  const menuOf = useMemo(() => headMenu(session), [session]);
  const { made, repeated, sweep, config, layer, head, atol } = useSliceInTurn(session, headsSlice);
  const { pins, scoredOn, headMetric } = useStore(
    ui,
    useShallow(({ pins, scoredOn, headMetric }) => ({ pins, scoredOn, headMetric })),
  );
  const paint = useMapPaint();
  const effect = useMemo(() => config && headEffectOf(sweep, config), [sweep, config]);
  const { atlas, side, isRepeated } = useMemo(
    () => scoredAtlas(made, { repeated, effect }, scoredOn),
    [made, repeated, effect, scoredOn],
  );
  return (
    <MenuZone select="[data-at]" menuOf={menuOf}>
      <HeadGrid
        atlas={atlas}
        scoredOn={isRepeated ? 'repeated' : 'prompt'}
        side={side}
        metric={headMetric}
        onMetric={(headMetric) => ui.set({ headMetric })}
        nKeyValueHeads={config?.nKeyValueHeads ?? 1}
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

function headsSlice(state: SessionState) {
  const { shown, experiment, model, repeatedScores } = state;
  const sweep = sweepOfNow(state);
  return {
    made: shown?.atlas ?? null,
    repeated: repeatedScores.value,
    sweep: sweep?.status === 'running' ? null : sweep, // its cells come by the dozen: the heads wait for the last
    config: model.status === 'ready' ? model.model.config : null,
    layer: experiment.view.layer,
    head: experiment.view.head,
    atol: experiment.tolerance.atol,
  };
}
