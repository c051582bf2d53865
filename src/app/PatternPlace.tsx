// The chosen head's pattern over the sitting.
import { useCallback } from 'react';
import type { Shown } from '../session/state.ts';
import { PatternPanel } from '../views/pattern/PatternPanel.tsx';
import { useSliceInTurn } from './inTurn.ts';
import { usePanelFrame } from './panelFrame.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { prefer, useMapPaint } from './preferences.ts';
import { useSlice } from './useSlice.ts';

const NO_TOKENS: Shown['tokens'] = [];

export function PatternPlace(part: PartProps) {
  const { session } = part;
  const { heads, tokens, view, atol } = useSliceInTurn(session, ({ shown, experiment }) => ({
    heads: shown?.heads ?? null,
    tokens: shown?.tokens ?? NO_TOKENS,
    view: experiment.view,
    atol: experiment.tolerance.atol,
  }));
  const cell = useSlice(session, ({ experiment }) => experiment.view.cell);
  const onReadValues = useCallback(() => void session.readHead(), [session]);
  return (
    <PatternPanel
      layer={heads?.layer ?? view.layer}
      head={heads?.head ?? view.head}
      pair={heads}
      tokens={tokens}
      show={heads?.show ?? view.show}
      side={view.side}
      atol={atol}
      paint={useMapPaint()}
      onPaint={prefer}
      locked={cell}
      onShow={(show) => session.setShow(show)}
      onSide={(side) => session.setSide(side)}
      onLock={(cell) => session.lockCell(cell)}
      paintHead={session.paintHead}
      onReadValues={onReadValues}
      state={useRunPanelState(session)}
      frame={usePanelFrame(part, 'panel-pattern')}
    />
  );
}
