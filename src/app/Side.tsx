// The right side: the inspector of the chosen hook, and what was asked of its difference.
import type { HookName } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { Laboratory, SessionState, Shown } from '../session/state.ts';
import { InspectorPanel } from '../views/inspector/InspectorPanel.tsx';
import type { LaboratoryView } from '../views/inspector/Laboratory.tsx';
import { copyText } from './clipboard.ts';
import { causeOf } from './guiltyOperation.ts';
import { useSliceInTurn } from './inTurn.ts';
import { usePanelFrame } from './panelFrame.ts';
import { useRunPanelState } from './panelState.ts';
import type { PartProps } from './part.ts';

const NOTHING = { value: null, isAsking: false, problem: null };

export function Side(part: PartProps) {
  const { session } = part;
  const { shown, hook, tolerance, asked } = useSliceInTurn(session, (state) => ({
    shown: state.shown,
    hook: state.experiment.view.hook,
    tolerance: state.experiment.tolerance,
    asked: askedOfNow(state),
  }));
  return (
    <div className="side">
      <InspectorPanel
        hooks={hooksOf(shown?.result ?? null)}
        hook={hook}
        inspection={shown?.inspection ?? null}
        local={shown?.ladder.find((row) => row.hook === hook)?.local ?? null}
        tokens={shown?.tokens ?? []}
        tolerance={tolerance}
        lab={shown?.inspection?.summary ? labOf(session, shown, hook, asked) : null}
        kernels={asked?.kernels ?? NOTHING}
        onHook={(hook) => session.selectHook(hook)}
        onTolerance={(tolerance) => session.setTolerance(tolerance)}
        onKernels={() => session.showKernels()}
        onCopy={(text, what) => void copyText(session, text, `${what} copied.`)}
        state={useRunPanelState(session)}
        frame={usePanelFrame(part, 'panel-inspector')}
      />
    </div>
  );
}

/** What was asked of the chosen hook of the shown run; null where that was of another. */
function askedOfNow({ laboratory, shown, experiment }: SessionState): Laboratory | null {
  const isOfNow = laboratory?.runId === shown?.result.runId && laboratory?.hook === experiment.view.hook;
  return isOfNow ? laboratory : null;
}

function labOf(session: Session, shown: Shown, hook: HookName, asked: Laboratory | null): LaboratoryView {
  return {
    judgement: asked?.judgement ?? NOTHING,
    cause: asked?.cause ?? NOTHING,
    trials: asked?.trials ?? null,
    ...causeOf(shown, hook),
    onJudge: () => session.judge(),
    onCancelJudge: () => session.cancelJudge(),
    onCause: (at) => session.findCause(at),
    onCancelCause: () => session.cancelCause(),
    onHook: (at) => session.selectHook(at),
  };
}

/** Hooks of the shown runs in running order: B's, which in split mode has more, and what A alone has. */
function hooksOf(result: Shown['result'] | null): readonly HookName[] {
  const names = [result?.b, result?.a].flatMap((report) => report?.hooks.map(({ hook }) => hook) ?? []);
  return [...new Set(names)];
}
