// The right side: the inspector over outputs and profile.
import { useState } from 'react';
import type { HookName } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { Choice } from '../views/controls/Choice.tsx';
import { InspectorPanel } from '../views/inspector/InspectorPanel.tsx';
import { OutputsPanel } from '../views/outputs/OutputsPanel.tsx';
import { ProfilePanel } from '../views/profile/ProfilePanel.tsx';
import { runPanelState } from './panelState.ts';

const NO_FRAME = { isMaximised: false, onMaximise: null };
const LOWER = [
  { id: 'outputs', label: 'Outputs' },
  { id: 'profile', label: 'Profile' },
] as const;

export function Side({ session, state }: { readonly session: Session; readonly state: SessionState }) {
  const [lower, setLower] = useState<'outputs' | 'profile'>('outputs');
  const { shown, experiment, selectedPosition } = state;
  const panelState = runPanelState(state);
  return (
    <div className="side">
      <InspectorPanel
        hooks={hooksOf(state)}
        hook={experiment.view.hook}
        inspection={shown?.inspection ?? null}
        tolerance={experiment.tolerance}
        onHook={(hook) => session.selectHook(hook)}
        onTolerance={(tolerance) => session.setTolerance(tolerance)}
        onCopy={(text) => void navigator.clipboard.writeText(text)}
        state={panelState}
        frame={NO_FRAME}
      />
      <div className="side-lower">
        <Choice name="Outputs or profile" options={LOWER} value={lower} onChange={setLower} />
        {lower === 'outputs' ? (
          <OutputsPanel
            position={selectedPosition}
            token={shown?.tokens[selectedPosition] ?? null}
            a={shown?.outputs?.a ?? null}
            b={shown?.outputs?.b ?? null}
            state={panelState}
            frame={NO_FRAME}
          />
        ) : (
          <ProfilePanel a={shown?.result.a ?? null} b={shown?.result.b ?? null} state={panelState} frame={NO_FRAME} />
        )}
      </div>
    </div>
  );
}

/** Hooks of the shown runs in running order: B's, which in split mode has more, and what A alone has. */
function hooksOf({ shown }: SessionState): readonly HookName[] {
  const names = [shown?.result.b, shown?.result.a].flatMap((report) => report?.hooks.map(({ hook }) => hook) ?? []);
  return [...new Set(names)];
}
