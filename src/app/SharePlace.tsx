// The Share dialog over the sitting.
import { travelClaim } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import { type Captured, ShareDialog } from '../views/share/ShareDialog.tsx';
import { availableFigures } from './figures/available.ts';
import { openExperiment } from './incoming.ts';
import { takeAway } from './takeAway.ts';
import { trustOf } from './trustOf.ts';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

type Props = {
  readonly session: Session;
  readonly ui: UiStore;
  readonly url: string | null;
  readonly onClose: () => void;
};

export function SharePlace({ session, ui, url, onClose }: Props) {
  const { shown, experiment, gate, verification, ...asked } = useSlice(session, (state) => ({
    shown: state.shown,
    reading: state.reading,
    circuits: state.circuits,
    sweep: state.sweep,
    paths: state.paths,
    continuation: state.continuation,
    experiment: state.experiment,
    gate: state.gate,
    verification: state.verification,
  }));
  const { a, b, mode, view } = experiment;
  const specs = [...(mode === 'split' ? [] : [a]), ...(mode === 'fused' ? [] : [b])];
  const captured = (['a', 'b'] as const).flatMap((side): Captured[] => {
    const report = shown?.result[side];
    return report ? [{ side, hooks: report.hooks }] : [];
  });
  return (
    <ShareDialog
      isOpen
      url={url}
      travel={travelClaim(specs, trustOf({ gate, verification }))}
      hook={view.hook}
      captured={captured}
      figures={availableFigures({ shown, ...asked })}
      onTake={(take) => void takeAway({ session, ui, url }, take)}
      onOpenFile={(file) => {
        onClose();
        void openExperiment(session, file);
      }}
      onClose={onClose}
    />
  );
}
