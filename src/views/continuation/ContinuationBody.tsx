// The Continuation: the prompt goes on token by token under A and B, interventions on; each token can be asked what its row attended to.
import { useEffect, useState } from 'react';
import type { Continuation } from '../../engine/index.ts';
import type { Side } from '../data.ts';
import type { MapPaint } from '../marks/valueScale.ts';
import { AttendedRows } from './AttendedRows.tsx';
import { ContinuationForm } from './ContinuationForm.tsx';
import { choicesOf, continuationOf, FIRST_CHOICES, partingOf } from './choices.ts';
import './continuation.css';
import type { ContinuationView } from './data.ts';
import { WrittenSide } from './WrittenSide.tsx';

type Props = {
  readonly asked: Continuation | null; // by this sitting or its link
  readonly view: ContinuationView | null;
  readonly isStale: boolean; // what is shown is of another experiment
  readonly problem: string | null;
  readonly layer: number; // whose patterns are kept with each token
  readonly paint: MapPaint; // of their map
  readonly onRun: (continuation: Continuation) => void;
  readonly onStop: () => void;
  readonly onTake: (side: Side) => void;
};

const SIDES: readonly Side[] = ['a', 'b'];

/** Chooses, runs and shows a continuation. */
export function ContinuationBody({ asked, view, isStale, problem, layer, paint, onRun, onStop, onTake }: Props) {
  const [choices, setChoices] = useState(FIRST_CHOICES);
  useEffect(() => {
    if (asked) setChoices((known) => choicesOf(asked, known));
  }, [asked]);
  return (
    <div className="continuation">
      <ContinuationForm
        choices={choices}
        isRunning={view?.isRunning ?? false}
        onChange={(patch) => setChoices({ ...choices, ...patch })}
        onRun={() => onRun(continuationOf(choices))}
        onStop={onStop}
      />
      <div className="continuation-side" data-stale={isStale || undefined}>
        {problem ? (
          <p className="panel-error" role="alert">
            {problem}
          </p>
        ) : null}
        {isStale ? <p className="continuation-why">Of an earlier prompt or another run: continue again.</p> : null}
        {view ? (
          <WrittenSides {...{ view, layer, paint, onTake }} />
        ) : problem ? null : (
          <p className="quiet">
            A and B each write on from the prompt, one token at a time, with the interventions of the list. A cache
            keeps k and v of every position, so that a token costs one row; in canonical order its bits are those of a
            whole run.
          </p>
        )}
      </div>
    </div>
  );
}

type Chosen = { readonly side: Side; readonly at: number };

type SidesProps = Pick<Props, 'layer' | 'paint' | 'onTake'> & { readonly view: ContinuationView };

function WrittenSides({ view, layer, paint, onTake }: SidesProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const tokensOf = (side: Side) => view[side]?.tokens.map(({ token }) => token) ?? null;
  const parting = partingOf(tokensOf('a'), tokensOf('b'));
  const written = chosen ? view[chosen.side]?.tokens[chosen.at] : undefined;
  return (
    <>
      <div className="written-sides">
        {SIDES.map((side) => {
          const text = view[side];
          if (!text) return null;
          return (
            <WrittenSide
              key={side}
              side={side}
              written={text}
              isRunning={view.isRunning}
              parting={parting}
              chosen={chosen?.side === side ? chosen.at : null}
              onChoose={(at) => setChosen({ side, at })}
              onTake={() => onTake(side)}
            />
          );
        })}
      </div>
      {view.a && view.b && !view.isRunning ? <p className="continuation-parting">{wordedParting(parting)}</p> : null}
      {chosen && written ? (
        <AttendedRows
          written={written}
          text={[...view.prompt, ...(tokensOf(chosen.side)?.slice(0, chosen.at) ?? [])]}
          {...{ layer, paint }}
        />
      ) : (
        <p className="quiet">Choose a token to see how likely it was and what its row attended to.</p>
      )}
    </>
  );
}

function wordedParting(parting: number | null): string {
  return parting === null ? 'A and B choose the same tokens.' : `A and B part at token ${parting}.`;
}

export function ContinuationHelp() {
  return (
    <>
      <p>
        <strong>Greedy</strong> takes the likeliest token; a <strong>seeded draw</strong> takes one by chance after
        temperature, top-k and top-p, in that order, in f64 on the processor: equal seeds give equal draws on every
        machine. The shade of a token is its probability before these.
      </p>
      <p>
        Interventions stay on, their positions counted in the whole text. One whose effect on a row hangs on rows that
        are not there yet, such as a mean over positions, is left out, and said. Patterns of the layer that is chosen in
        the head grid are kept with each token. Arrow keys go from token to token.
      </p>
    </>
  );
}
