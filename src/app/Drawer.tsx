// The drawer below the centre: next tokens, the chosen tensor as a table, what is asked of the prompt, what was run, what it cost.
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { ContinuationHelp } from '../views/continuation/ContinuationBody.tsx';
import { LogBody, type LogBodyProps, LogHelp } from '../views/log/LogBody.tsx';
import { OutputsBody, OutputsHelp } from '../views/outputs/OutputsBody.tsx';
import { TabbedPanel } from '../views/panel/TabbedPanel.tsx';
import { ProfileBody, ProfileHelp } from '../views/profile/ProfileBody.tsx';
import { ReadingHelp } from '../views/reading/ReadingBody.tsx';
import { SweepHelp } from '../views/sweep/SweepBody.tsx';
import { TableBody, TableHelp } from '../views/table/TableBody.tsx';
import { ContinuationPlace } from './ContinuationPlace.tsx';
import { useSliceInTurn } from './inTurn.ts';
import { usePanelFrame } from './panelFrame.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { DRAWER_TABS, type DrawerTab } from './places.ts';
import { ReadingPlace } from './ReadingPlace.tsx';
import { SweepPlace } from './SweepPlace.tsx';
import { usePredictions, useRanking } from './useAsked.ts';
import { useSlice } from './useSlice.ts';

export function Drawer(part: PartProps) {
  const { ui, session } = part;
  const drawerTab = useStore(ui, (state) => state.drawerTab);
  const runState = useRunPanelState(session);
  const opened = useSlice(session, (state) => state.opened);
  useEffect(() => {
    const asked = opened && (opened.sweep || opened.paths ? 'sweep' : opened.continuation ? 'continuation' : null);
    if (asked) ui.set({ drawerTab: asked, swept: opened?.paths && !opened.sweep ? 'paths' : 'edits' });
  }, [opened, ui]);
  const { Body, Help } = CONTENT[drawerTab];
  return (
    <TabbedPanel
      name="Results"
      tabs={DRAWER_TABS}
      tab={drawerTab}
      onTab={(tab) => ui.set({ drawerTab: tab })}
      help={<Help />}
      state={drawerTab === 'log' ? { kind: 'ready' } : runState}
      frame={usePanelFrame(part, `panel-${drawerTab}`)}
    >
      <Body {...part} />
    </TabbedPanel>
  );
}

const CONTENT: Readonly<
  Record<DrawerTab, { Body: (part: PartProps) => React.ReactNode; Help: () => React.ReactNode }>
> = {
  outputs: { Body: Outputs, Help: OutputsHelp },
  table: { Body: Table, Help: TableHelp },
  log: { Body: Log, Help: LogHelp },
  reading: { Body: ReadingPlace, Help: ReadingHelp },
  sweep: { Body: SweepPlace, Help: SweepHelp },
  continuation: { Body: ContinuationPlace, Help: ContinuationHelp },
  profile: { Body: Profile, Help: ProfileHelp },
};

function Outputs({ session }: PartProps) {
  const { shown, position } = useSliceInTurn(session, (state) => ({
    shown: state.shown,
    position: state.selectedPosition,
  }));
  const [pair, setPair] = usePredictions(session, shown);
  return (
    <OutputsBody
      position={position}
      tokens={shown?.tokens ?? []}
      outputs={shown?.outputs ?? null}
      predictions={shown?.predictions ?? null}
      pair={pair}
      onPair={setPair}
      onPosition={(position) => session.selectPosition(position)}
    />
  );
}

function Table({ session, ui }: PartProps) {
  const rankBy = useStore(ui, (state) => state.rankBy);
  const { shown, hook } = useSliceInTurn(session, (state) => ({
    shown: state.shown,
    hook: state.experiment.view.hook,
  }));
  useRanking(session, shown, hook, rankBy);
  return (
    <TableBody
      hook={hook}
      ranking={shown?.ranking ?? null}
      by={rankBy}
      onBy={(by) => ui.set({ rankBy: by })}
      tokens={shown?.tokens ?? []}
    />
  );
}

function Log({ session }: PartProps) {
  const log = useSlice(session, (state) => state.log);
  const actions: Pick<LogBodyProps, 'onRestore' | 'onCompare' | 'relationOf'> = {
    onRestore: (id) => session.restoreRun(id),
    onCompare: (referenceId, comparedId) => session.compareRuns(referenceId, comparedId),
    relationOf: (referenceId, comparedId) => session.relationOfRuns(referenceId, comparedId),
  };
  return <LogBody log={log} {...actions} />;
}

function Profile({ session }: PartProps) {
  const shown = useSliceInTurn(session, (state) => state.shown);
  if (!shown) return null;
  const { result, profile } = shown;
  return <ProfileBody a={result.a} b={result.b} times={profile} onTime={() => session.showProfile()} />;
}
