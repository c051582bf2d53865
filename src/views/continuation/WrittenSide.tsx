// What one run wrote: its tokens, shaded by how likely each was, with one tab stop that arrows move; where it parts from the other run,
// how it ended, and which interventions it left out.
import { type KeyboardEvent, useRef } from 'react';
import { Button } from '../controls/Button.tsx';
import type { Side } from '../data.ts';
import { formatMs, formatProbability } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { WrittenText } from './data.ts';

type Props = {
  readonly side: Side;
  readonly written: WrittenText;
  readonly isRunning: boolean;
  readonly parting: number | null; // the token, from 0, at which it parts from the other
  readonly chosen: number | null; // the token that is read out
  readonly onChoose: (at: number) => void;
  readonly onTake: () => void;
};

const STOPPED = {
  length: 'as many tokens as were asked for',
  context: "the end of the model's context",
  rotary: 'the length at which rotary scaling turns the tokens before it by other angles',
  'end-token': 'a token that ends the text',
} as const;

/** Shows one side's text. */
export function WrittenSide({ side, written, isRunning, parting, chosen, onChoose, onTake }: Props) {
  const { tokens, ended } = written;
  const list = useRef<HTMLOListElement>(null);
  const cursor = Math.min(chosen ?? 0, tokens.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -tokens.length, End: tokens.length }[event.key];
    if (step === undefined) return;
    const next = Math.min(tokens.length - 1, Math.max(0, cursor + step));
    onChoose(next);
    list.current?.querySelectorAll('button')[next]?.focus();
    event.preventDefault();
  };
  return (
    <section className="written" aria-label={`Run ${side.toUpperCase()}`} data-side={side}>
      <header className="written-head">
        <h2 className="written-title">{side.toUpperCase()}</h2>
        <span className="quiet">{paceOf(written)}</span>
        {tokens.length > 0 && !isRunning ? (
          <Button kind="quiet" onPress={onTake}>
            Take as the prompt
          </Button>
        ) : null}
      </header>
      <ol
        ref={list}
        className="written-tokens"
        aria-label={`Tokens of run ${side.toUpperCase()}`}
        onKeyDown={onKeyDown}
      >
        {tokens.map(({ token, position, probability }, at) => (
          <li key={position}>
            <button
              type="button"
              className="written-token mono"
              data-parts={parting === at || undefined}
              aria-pressed={chosen === at}
              aria-label={`${visibleToken(token)}, position ${position}, probability ${formatProbability(probability)}${parting === at ? ', the runs part here' : ''}`}
              tabIndex={at === cursor ? 0 : -1}
              style={{ '--share': `${Math.round(probability * 100)}%` }}
              onClick={() => onChoose(at)}
            >
              {visibleToken(token)}
            </button>
          </li>
        ))}
      </ol>
      {ended ? <p className="quiet written-end">Stopped at {STOPPED[ended.stopped]}.</p> : null}
      {ended?.notApplied.map(({ index, why }) => (
        <p key={index} className="continuation-why">
          Without intervention {index + 1}: {why}.
        </p>
      ))}
    </section>
  );
}

/** `12 tokens, 3.1 ms each`: the first, which runs the whole prompt, aside. */
function paceOf({ tokens }: WrittenText): string {
  const later = tokens.slice(1);
  if (later.length === 0) return '';
  const meanMs = later.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / later.length;
  return `${tokens.length} tokens, ${formatMs(meanMs)} each`;
}
