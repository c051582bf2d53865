// The tour: a strip above the workbench that speaks of one panel at a time, marks it, and offers the step's one action.
import { useEffect } from 'react';
import { Button, IconButton } from '../controls/Button.tsx';
import './tour.css';

export type TourStep = {
  readonly panelId: string;
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void };
};

type Props = {
  readonly steps: readonly TourStep[];
  readonly step: number | null; // null: offered, not begun
  readonly onStep: (step: number) => void;
  readonly onEnd: () => void;
};

/** Offers the tour, or shows one step of it. */
export function TourStrip({ steps, step, onStep, onEnd }: Props) {
  const at = step === null ? undefined : steps[step];
  useMark(at?.panelId);
  return (
    <aside className="tour" aria-label="Tour">
      <p className="tour-text" aria-live="polite">
        {at ? (
          <>
            <span className="quiet">
              {(step ?? 0) + 1} of {steps.length}
            </span>{' '}
            {at.text}
          </>
        ) : (
          'New here? Five steps show what this workbench is for.'
        )}
      </p>
      {at ? (
        <>
          <Button onPress={at.action.run}>{at.action.label}</Button>
          {step ? (
            <Button kind="quiet" onPress={() => onStep(step - 1)}>
              Back
            </Button>
          ) : null}
          <Button kind="quiet" onPress={() => (step === steps.length - 1 ? onEnd() : onStep((step ?? 0) + 1))}>
            {step === steps.length - 1 ? 'Done' : 'Next'}
          </Button>
        </>
      ) : (
        <Button onPress={() => onStep(0)}>Take the tour</Button>
      )}
      <IconButton icon="close" name="Dismiss the tour" onPress={onEnd} />
    </aside>
  );
}

/** Marks the panel that the step speaks of. */
function useMark(panelId: string | undefined): void {
  useEffect(() => {
    const panel = panelId ? document.getElementById(panelId) : null;
    panel?.setAttribute('data-toured', '');
    panel?.scrollIntoView({ block: 'nearest' });
    return () => panel?.removeAttribute('data-toured');
  }, [panelId]);
}
