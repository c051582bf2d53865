// The centre: the divergence ladder over head grid and pattern, the drawer beneath. Their sizes are the reader's, kept on this machine.
import type { ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { DivergenceLadder } from '../views/ladder/DivergenceLadder.tsx';
import { Drawer } from './Drawer.tsx';
import { HeadsPlace } from './HeadsPlace.tsx';
import { PatternPlace } from './PatternPlace.tsx';
import { runPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { localMemory } from './preferences.ts';

export function Centre(part: PartProps) {
  const ladder = <LadderPlace {...part} />;
  const heads = <HeadsPlace {...part} />;
  const pattern = <PatternPlace {...part} />;
  const drawer = <Drawer {...part} />;
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

type Places = Readonly<Record<'ladder' | 'heads' | 'pattern' | 'drawer', ReactNode>>;

function Resizable({ ladder, heads, pattern, drawer }: Places) {
  const rows = useDefaultLayout({ id: 'splitscope.rows', storage: localMemory });
  const columns = useDefaultLayout({ id: 'splitscope.columns', storage: localMemory });
  return (
    <Group className="centre" orientation="vertical" {...rows}>
      <Panel id="ladder" defaultSize="27%" minSize="9rem">
        {ladder}
      </Panel>
      <Separator className="separator" aria-label="Height of Divergence" />
      <Panel id="maps" minSize="14rem">
        <Group className="centre-lower" orientation="horizontal" {...columns}>
          <Panel id="heads" defaultSize="47%" minSize="15rem">
            {heads}
          </Panel>
          <Separator className="separator" aria-label="Width of Heads" />
          <Panel id="pattern" minSize="15rem">
            {pattern}
          </Panel>
        </Group>
      </Panel>
      <Separator className="separator" aria-label="Height of the drawer" />
      <Panel id="drawer" defaultSize="23%" minSize="2.25rem">
        {drawer}
      </Panel>
    </Group>
  );
}

function LadderPlace({ session, state, frameOf }: PartProps) {
  const { shown, experiment } = state;
  return (
    <DivergenceLadder
      rows={shown?.ladder ?? []}
      facts={shown?.result.facts ?? []}
      tolerance={experiment.tolerance}
      specs={{ a: shown?.experiment.a ?? experiment.a, b: shown?.experiment.b ?? experiment.b }}
      selected={experiment.view.hook}
      onSelect={(hook) => session.selectHook(hook)}
      onFailing={(direction) => (direction === 'next' ? session.nextFailing() : session.previousFailing())}
      state={runPanelState(state)}
      frame={frameOf('panel-ladder')}
    />
  );
}
