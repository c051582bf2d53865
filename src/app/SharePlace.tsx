// The Share dialog over the sitting.
import type { Session } from '../session/session.ts';
import { type Captured, ShareDialog } from '../views/share/ShareDialog.tsx';
import { openExperiment } from './incoming.ts';
import { takeAway } from './takeAway.ts';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

type Props = {
  readonly session: Session;
  readonly ui: UiStore;
  readonly url: string | null;
  readonly onClose: () => void;
};

export function SharePlace({ session, ui, url, onClose }: Props) {
  const { shown, hook } = useSlice(session, ({ shown, experiment }) => ({ shown, hook: experiment.view.hook }));
  const captured = (['a', 'b'] as const).flatMap((side): Captured[] => {
    const report = shown?.result[side];
    return report ? [{ side, hooks: report.hooks }] : [];
  });
  return (
    <ShareDialog
      isOpen
      url={url}
      hook={hook}
      captured={captured}
      hasLadder={(shown?.ladder.length ?? 0) > 0}
      hasAmplification={(shown?.amplification.value ?? null) !== null}
      onTake={(take) => void takeAway({ session, ui, url }, take)}
      onOpenFile={(file) => {
        onClose();
        void openExperiment(session, file);
      }}
      onClose={onClose}
    />
  );
}
