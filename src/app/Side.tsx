// The right side: the inspector of the chosen hook.
import type { HookName } from '../engine/index.ts';
import type { Shown } from '../session/state.ts';
import { InspectorPanel } from '../views/inspector/InspectorPanel.tsx';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';
import { useSlice } from './useSlice.ts';

export function Side({ session, frameOf }: PartProps) {
  const { result, inspection, hook, tolerance } = useSlice(session, ({ shown, experiment }) => ({
    result: shown?.result ?? null,
    inspection: shown?.inspection ?? null,
    hook: experiment.view.hook,
    tolerance: experiment.tolerance,
  }));
  return (
    <div className="side">
      <InspectorPanel
        hooks={hooksOf(result)}
        hook={hook}
        inspection={inspection}
        tolerance={tolerance}
        onHook={(hook) => session.selectHook(hook)}
        onTolerance={(tolerance) => session.setTolerance(tolerance)}
        onCopy={(text) => void navigator.clipboard.writeText(text)}
        state={useRunPanelState(session)}
        frame={frameOf('panel-inspector')}
      />
    </div>
  );
}

/** Hooks of the shown runs in running order: B's, which in split mode has more, and what A alone has. */
function hooksOf(result: Shown['result'] | null): readonly HookName[] {
  const names = [result?.b, result?.a].flatMap((report) => report?.hooks.map(({ hook }) => hook) ?? []);
  return [...new Set(names)];
}
