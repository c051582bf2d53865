// The chosen head's pattern over the sitting.
import { PatternPanel } from '../views/pattern/PatternPanel.tsx';
import { runPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';

export function PatternPlace({ session, state, frameOf }: PartProps) {
  const { shown, experiment } = state;
  const { view, tolerance } = experiment;
  return (
    <PatternPanel
      layer={shown?.heads?.layer ?? view.layer}
      head={shown?.heads?.head ?? view.head}
      a={shown?.heads?.a ?? null}
      b={shown?.heads?.b ?? null}
      tokens={shown?.tokens ?? []}
      show={shown?.heads?.show ?? view.show}
      side={view.side}
      atol={tolerance.atol}
      locked={view.cell}
      onShow={(show) => session.setShow(show)}
      onSide={(side) => session.setSide(side)}
      onLock={(cell) => session.lockCell(cell)}
      state={runPanelState(state)}
      frame={frameOf('panel-pattern')}
    />
  );
}
