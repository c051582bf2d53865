// The head grid over the sitting: scores and thumbnails of the shown run.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { HeadGrid } from '../views/headGrid/HeadGrid.tsx';
import { runPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';

export function HeadsPlace({ session, state, ui, frameOf }: PartProps) {
  const { shown, experiment, model } = state;
  const { view, tolerance } = experiment;
  const { pins, scoredOn } = useStore(ui);
  const side = shown?.atlas.a ? 'a' : 'b';
  const atlas = shown?.atlas[side] ?? null;
  const scores = scoredOn === 'repeated' ? state.repeatedScores.value : null;
  const scored = useMemo(() => (atlas && scores ? { ...atlas, scores } : atlas), [atlas, scores]);
  return (
    <HeadGrid
      atlas={scored}
      scoredOn={scores ? 'repeated' : 'prompt'}
      side={side}
      nKeyValueHeads={model.status === 'ready' ? model.model.config.nKeyValueHeads : 1}
      atol={tolerance.atol}
      selected={{ layer: view.layer, head: view.head }}
      onSelect={(layer, head) => session.selectHead(layer, head)}
      pins={pins}
      onPin={(head) => ui.pin(head)}
      state={runPanelState(state)}
      frame={frameOf('panel-heads')}
    />
  );
}
