// What the drawer's tabs ask the worker for while they are open: predictions at every position, the chosen tensor's elements in order.
import { useEffect, useState } from 'react';
import type { HookName, RankBy } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { Shown } from '../session/state.ts';

type Pair = readonly [plusId: number, minusId: number];

/** Asks for the predictions of the shown run; the pair is the reader's, or else the two likeliest tokens. */
export function usePredictions(session: Session, shown: Shown | null): [Pair | null, (pair: Pair) => void] {
  const [chosen, setChosen] = useState<Pair | null>(null);
  const [first, second] = shown?.outputs?.rows ?? [];
  const pair = chosen ?? (first && second ? ([first.token.id, second.token.id] as const) : null);
  const runId = shown?.result.runId;
  const [plus, minus] = pair ?? [];
  useEffect(() => {
    if (runId !== undefined && plus !== undefined && minus !== undefined) session.showPredictions([plus, minus]);
  }, [session, runId, plus, minus]);
  return [pair, setChosen];
}

/** Asks for the elements of the chosen hook. */
export function useRanking(session: Session, shown: Shown | null, hook: HookName, by: RankBy): void {
  const runId = shown?.result.runId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run or hook is asked for anew
  useEffect(() => {
    if (runId !== undefined) session.showRanking(by);
  }, [session, runId, hook, by]);
}
