// The centre: the divergence ladder over head grid and pattern, the drawer beneath. Their sizes are the reader's, kept on this machine.
import { type ReactNode, useRef } from 'react';
import { Group, Panel, type PanelImperativeHandle, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { type LadderRow, type StructuralFact, whyNoLocal } from '../engine/index.ts';
import { DivergenceLadder } from '../views/ladder/DivergenceLadder.tsx';
import { AmplificationPlace } from './AmplificationPlace.tsx';
import { Drawer } from './Drawer.tsx';
import { causeOf } from './guiltyOperation.ts';
import { HeadsPlace } from './HeadsPlace.tsx';
import { useSliceInTurn } from './inTurn.ts';
import { MountInTurn } from './MountInTurn.tsx';
import { PatternPlace } from './PatternPlace.tsx';
import { usePanelFrame } from './panelFrame.ts';
import { useComparisonPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { localMemory } from './preferences.ts';
import { useSlice } from './useSlice.ts';

export function Centre(part: PartProps) {
  const ladder = <MountInTurn Place={LadderPlace} part={part} />;
  const heads = <MountInTurn Place={HeadsPlace} part={part} />;
  const pattern = <MountInTurn Place={PatternPlace} part={part} />;
  const drawer = <MountInTurn Place={Drawer} part={part} />;
  if (part.isNarrow) {
    return (
      <div className="centre">
        {ladder}
        <div className="centre-lower">
          {heads}
          {pattern}
        </div>
        {drawer}
      </div>
    );
  }
  return <Resizable {...{ ladder, heads, pattern, drawer }} />;
}

// In a low window the drawer is its tabs alone until one is wanted: the maps have its room.
const SHARES = { low: { ladder: '38%', drawer: '2.25rem' }, high: { ladder: '33%', drawer: '18%' } } as const;
const LOW_PX = 860; // height of the window
const LADDER_LEAST = '17rem'; // a verdict of three lines, the plot and what is read off it; a case above takes from the maps
const CLOSED_PX = 120; // height of the drawer below which its content cannot be read

type Places = Readonly<Record<'ladder' | 'heads' | 'pattern' | 'drawer', ReactNode>>;

function Resizable({ ladder, heads, pattern, drawer }: Places) {
  const rows = useDefaultLayout({ id: 'splitscope.rows', storage: localMemory });
  const columns = useDefaultLayout({ id: 'splitscope.columns', storage: localMemory });
  const shares = window.innerHeight < LOW_PX ? SHARES.low : SHARES.high;
  const drawerPanel = useRef<PanelImperativeHandle>(null);
  const openDrawer = () => {
    if ((drawerPanel.current?.getSize().inPixels ?? CLOSED_PX) < CLOSED_PX) drawerPanel.current?.resize('36%');
  };
  return (
    <Group className="centre" orientation="vertical" {...rows}>
      <Panel id="ladder" defaultSize={shares.ladder} minSize={LADDER_LEAST}>
        {ladder}
      </Panel>
      <Separator className="separator" aria-label="Height of Divergence" />
      <Panel id="maps" minSize="12rem">
        <Group className="centre-lower" orientation="horizontal" {...columns}>
          <Panel id="heads" defaultSize="40%" minSize="15rem">
            {heads}
          </Panel>
          <Separator className="separator" aria-label="Width of Heads" />
          <Panel id="pattern" minSize="15rem">
            {pattern}
          </Panel>
        </Group>
      </Panel>
      <Separator className="separator" aria-label="Height of the drawer" />
      <Panel id="drawer" panelRef={drawerPanel} defaultSize={shares.drawer} minSize="2.25rem" onFocus={openDrawer}>
        {drawer}
      </Panel>
    </Group>
  );
}

const NO_ROWS: readonly LadderRow[] = [];
const NO_FACTS: readonly StructuralFact[] = [];

function LadderPlace(part: PartProps) {
  const { session, ui } = part;
  const ladderShows = useStore(ui, (state) => state.ladderShows);
  const hook = useSlice(session, ({ experiment }) => experiment.view.hook);
  const { shown, ladder, facts, a, b, tolerance, cause } = useSliceInTurn(
    session,
    ({ shown, experiment, foundCause }) => ({
      shown,
      ladder: shown?.ladder ?? NO_ROWS,
      facts: shown?.result.facts ?? NO_FACTS,
      a: (shown?.experiment ?? experiment).a,
      b: (shown?.experiment ?? experiment).b,
      tolerance: experiment.tolerance,
      cause: foundCause?.runId === shown?.result.runId ? (foundCause?.cause ?? null) : null,
    }),
  );
  const guilty = shown && causeOf(shown, null);
  const causeAt = guilty?.whyNoCause === null ? guilty.causeAt : null;
  return (
    <DivergenceLadder
      rows={ladder}
      facts={facts}
      tolerance={tolerance}
      specs={{ a, b }}
      whyNoLocal={whyNoLocal(b)}
      cause={cause}
      onCause={causeAt ? () => session.findCause(causeAt) : null}
      selected={hook}
      shows={ladderShows}
      amplification={<AmplificationPlace session={session} ui={ui} />}
      onShows={(shows) => ui.set({ ladderShows: shows })}
      onSelect={(hook) => session.selectHook(hook)}
      onFailing={(direction) => (direction === 'next' ? session.nextFailing() : session.previousFailing())}
      state={useComparisonPanelState(session)}
      frame={usePanelFrame(part, 'panel-ladder')}
    />
  );
}
