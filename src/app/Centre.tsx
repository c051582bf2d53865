// The centre: the divergence ladder over head grid and pattern, the drawer beneath.
import { useState } from 'react';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { HeadGrid } from '../views/headGrid/HeadGrid.tsx';
import { DivergenceLadder } from '../views/ladder/DivergenceLadder.tsx';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import { PatternPanel } from '../views/pattern/PatternPanel.tsx';
import { Drawer } from './Drawer.tsx';
import { runPanelState } from './panelState.ts';

type Place = 'ladder' | 'heads' | 'pattern' | 'drawer';

export function Centre({ session, state }: { readonly session: Session; readonly state: SessionState }) {
  const [maximised, setMaximised] = useState<Place | null>(null);
  const { shown, experiment, model } = state;
  const { view, tolerance } = experiment;
  const panelState = runPanelState(state);
  const frame = (place: Place): PanelFrame => ({
    isMaximised: maximised === place,
    onMaximise: () => setMaximised(maximised === place ? null : place),
  });
  const atlasSide = shown?.atlas.a ? 'a' : 'b';
  return (
    <div className="centre" data-maximised={maximised ?? undefined}>
      <DivergenceLadder
        rows={shown?.ladder ?? []}
        facts={shown?.result.facts ?? []}
        tolerance={tolerance}
        specs={{ a: shown?.experiment.a ?? experiment.a, b: shown?.experiment.b ?? experiment.b }}
        selected={view.hook}
        onSelect={(hook) => session.selectHook(hook)}
        onFailing={(direction) => (direction === 'next' ? session.nextFailing() : session.previousFailing())}
        state={panelState}
        frame={frame('ladder')}
      />
      <div className="centre-lower">
        <HeadGrid
          atlas={shown?.atlas[atlasSide] ?? null}
          side={atlasSide}
          nKeyValueHeads={model.status === 'ready' ? model.model.config.nKeyValueHeads : 1}
          atol={tolerance.atol}
          selected={{ layer: view.layer, head: view.head }}
          onSelect={(layer, head) => session.selectHead(layer, head)}
          state={panelState}
          frame={frame('heads')}
        />
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
          state={panelState}
          frame={frame('pattern')}
        />
      </div>
      <Drawer state={state} frame={frame('drawer')} />
    </div>
  );
}
