// The right side: the inspector of the chosen hook.
import type { HookName } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { InspectorPanel } from '../views/inspector/InspectorPanel.tsx';
import { runPanelState } from './panelState.ts';

const NO_FRAME = { isMaximised: false, onMaximise: null };

export function Side({ session, state }: { readonly session: Session; readonly state: SessionState }) {
  const { shown, experiment } = state;
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
        state={runPanelState(state)}
        frame={NO_FRAME}
      />
    </div>
  );
}

/** Hooks of the shown runs in running order: B's, which in split mode has more, and what A alone has. */
function hooksOf({ shown }: SessionState): readonly HookName[] {
  const names = [shown?.result.b, shown?.result.a].flatMap((report) => report?.hooks.map(({ hook }) => hook) ?? []);
  return [...new Set(names)];
}
