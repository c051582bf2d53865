// The right side: the inspector of the chosen hook.
import type { HookName } from '../engine/index.ts';
import type { SessionState } from '../session/state.ts';
import { InspectorPanel } from '../views/inspector/InspectorPanel.tsx';
import { runPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';

export function Side({ session, state, frameOf }: PartProps) {
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
        frame={frameOf('panel-inspector')}
      />
    </div>
  );
}

/** Hooks of the shown runs in running order: B's, which in split mode has more, and what A alone has. */
function hooksOf({ shown }: SessionState): readonly HookName[] {
  const names = [shown?.result.b, shown?.result.a].flatMap((report) => report?.hooks.map(({ hook }) => hook) ?? []);
  return [...new Set(names)];
}
