// The reading over the sitting: asked for while its tab is open, anew for another run, position or pair of tokens.
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { runOnNow } from '../session/asked.ts';
import { ReadingBody } from '../views/reading/ReadingBody.tsx';
import { candidatesOf } from './candidates.ts';
import { useSliceInTurn } from './inTurn.ts';
import type { PartProps } from './part.ts';

type Pair = { readonly right: number; readonly wrong: number | null };

export function ReadingPlace({ session, ui }: PartProps) {
  const state = useSliceInTurn(session, (all) => all); // what is read hangs on nearly all of it; drawn only while its tab is open
  const { shown, experiment, selectedPosition, reading, circuits, repeatedScores } = state;
  const scoredOn = useStore(ui, (state) => state.scoredOn);
  const candidates = useMemo(() => candidatesOf(shown), [shown]);
  const [own, setOwn] = useState<Pair | null>(null);
  const [first, second] = candidates;
  const right = own?.right ?? first?.id ?? 0;
  const wrong = own ? own.wrong : (second?.id ?? null);
  const runId = shown?.result.runId;
  const on = JSON.stringify(runOnNow(state));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run, specification or position is read anew
  useEffect(() => {
    if (runId !== undefined) session.readPrediction(wrong === null ? [right] : [right, wrong]);
  }, [session, runId, on, selectedPosition, right, wrong]);
  const { layer, head } = experiment.view;
  return (
    <ReadingBody
      {...{ candidates, right, wrong }}
      tokens={shown?.tokens ?? []}
      position={selectedPosition}
      reading={reading.value}
      isReading={reading.isAsking}
      problem={reading.problem}
      head={{ layer, head }}
      circuits={circuits.value}
      isReadingCircuits={circuits.isAsking}
      circuitsProblem={circuits.problem}
      scores={{
        scoredOn,
        isScoring: repeatedScores.isAsking,
        problem: repeatedScores.problem,
        onScoredOn: (chosen) => {
          ui.set({ scoredOn: chosen });
          if (chosen === 'repeated') session.scoreHeads();
        },
      }}
      onPosition={(position) => session.selectPosition(position)}
      onPair={(plus, minus) => setOwn({ right: plus, wrong: minus })}
      onHead={(toLayer, toHead) => session.selectHead(toLayer, toHead)}
      onCircuits={() => session.readCircuits(layer, head)}
    />
  );
}
