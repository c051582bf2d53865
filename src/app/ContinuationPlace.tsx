// The continuation over the sitting: what was asked, what came, and whether it is of the experiment of now.
import { useMemo } from 'react';
import { sameRun } from '../session/edits.ts';
import { ContinuationBody } from '../views/continuation/ContinuationBody.tsx';
import type { PartProps } from './part.ts';
import { useMapPaint } from './preferences.ts';
import { useSlice } from './useSlice.ts';

export function ContinuationPlace({ session }: PartProps) {
  const { experiment, continuation, problem } = useSlice(session, (state) => ({
    experiment: state.experiment,
    continuation: state.continuation,
    problem: state.continuationProblem,
  }));
  const view = useMemo(
    () => continuation && { ...continuation, isRunning: continuation.status === 'running' },
    [continuation],
  );
  return (
    <ContinuationBody
      asked={experiment.continuation}
      view={view}
      isStale={continuation !== null && !sameRun(continuation.experiment, experiment)}
      problem={problem}
      layer={experiment.view.layer}
      paint={useMapPaint()}
      onRun={(wanted) => session.continuePrompt(wanted)}
      onStop={() => session.stopContinuing()}
      onTake={(side) => session.takeContinuation(side)}
    />
  );
}
