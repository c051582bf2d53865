// The drawer below the centre: next tokens, or what the runs cost.
import { useState } from 'react';
import type { SessionState } from '../session/state.ts';
import { Choice } from '../views/controls/Choice.tsx';
import { OutputsPanel } from '../views/outputs/OutputsPanel.tsx';
import type { PanelFrame } from '../views/panel/Panel.tsx';
import { ProfilePanel } from '../views/profile/ProfilePanel.tsx';
import { runPanelState } from './panelState.ts';

const TABS = [
  { id: 'outputs', label: 'Outputs' },
  { id: 'profile', label: 'Profile' },
] as const;

type Props = { readonly state: SessionState; readonly frame: PanelFrame };

export function Drawer({ state, frame }: Props) {
  const [tab, setTab] = useState<'outputs' | 'profile'>('outputs');
  const { shown, selectedPosition } = state;
  const shared = {
    state: runPanelState(state),
    frame,
    aside: <Choice name="Outputs or profile" options={TABS} value={tab} onChange={setTab} />,
  };
  if (tab === 'profile') return <ProfilePanel a={shown?.result.a ?? null} b={shown?.result.b ?? null} {...shared} />;
  return (
    <OutputsPanel
      position={selectedPosition}
      token={shown?.tokens[selectedPosition] ?? null}
      a={shown?.outputs?.a ?? null}
      b={shown?.outputs?.b ?? null}
      {...shared}
    />
  );
}
