// Amplification over the sitting: measured while its curve is open, anew for another run or another difference.
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { type LadderRow, parseHookName } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import { AmplificationView } from '../views/amplification/AmplificationView.tsx';
import { type DifferenceId, differenceOf } from '../views/amplification/differences.ts';
import { useSliceInTurn } from './inTurn.ts';
import type { UiStore } from './ui.ts';

type Props = { readonly session: Session; readonly ui: UiStore };

const NOTHING = { value: null, isAsking: false, problem: null };
const NO_ROWS: readonly LadderRow[] = [];

export function AmplificationPlace({ session, ui }: Props) {
  const { difference: chosen } = useStore(ui);
  const { runId, ladder, asked, hook } = useSliceInTurn(session, ({ shown, experiment, run }) => ({
    runId: run.status === 'done' ? shown?.result.runId : undefined, // A may be shown while B is under way
    ladder: shown?.ladder ?? NO_ROWS,
    asked: shown?.amplification ?? NOTHING,
    hook: experiment.view.hook,
  }));
  const whyNotRuns = whyNoOwnDifference(ladder);
  const difference: DifferenceId = chosen ?? (whyNotRuns ? 'middle' : 'runs');
  const isPossible = difference !== 'runs' || ladder.length > 0;
  useEffect(() => {
    if (runId !== undefined && isPossible) session.showAmplification(differenceOf(difference));
  }, [session, runId, difference, isPossible]);
  const parsed = parseHookName(hook);
  return (
    <AmplificationView
      asked={isPossible ? asked : NOTHING}
      difference={difference}
      whyNotRuns={whyNotRuns}
      layer={parsed?.kind === 'block' ? parsed.layer : null}
      onDifference={(next) => ui.set({ difference: next })}
      onHook={(next) => session.selectHook(next)}
    />
  );
}

/** Why the runs have no difference of their own to follow; null where they have. */
function whyNoOwnDifference(ladder: readonly LadderRow[]): string | null {
  if (ladder.length === 0) return 'One run so far: Compare gives B’s own difference. An injected one needs no B.';
  const isEqual = ladder.every(({ summary }) => summary.verdict === 'bit-identical');
  return isEqual
    ? 'A and B are bit-identical: no difference enters any block. An injected one shows what would be.'
    : null;
}
