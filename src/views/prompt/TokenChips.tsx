// The tokens in order: text with visible spaces, position, and a number where the same token comes again. Shift chooses a range.
import { useState } from 'react';
import type { ViewToken } from '../data.ts';
import { occurrences, visibleToken } from '../tokenText.ts';

type Props = {
  readonly name: string;
  readonly tokens: readonly ViewToken[];
  readonly selected: number;
  readonly onSelect: (position: number) => void;
};

/** Shows the tokens; a press chooses one, a press with Shift a range from the one chosen. */
export function TokenChips({ name, tokens, selected, onSelect }: Props) {
  const [rangeEnd, setRangeEnd] = useState<number | null>(null);
  const numbered = occurrences(tokens);
  const [from, to] = [Math.min(selected, rangeEnd ?? selected), Math.max(selected, rangeEnd ?? selected)];
  const choose = (position: number, extend: boolean) => {
    setRangeEnd(extend ? position : null);
    if (!extend) onSelect(position);
  };
  const chosen = tokens.slice(Math.max(0, from), to + 1);
  return (
    <>
      <ol className="chips" aria-label={name}>
        {tokens.map((token, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position
          <li key={position}>
            <button
              type="button"
              className="chip mono"
              data-position={position}
              data-special={token.special || undefined}
              aria-pressed={position >= from && position <= to}
              aria-label={`Token ${position}: ${visibleToken(token)}, id ${token.id}`}
              title={`position ${position} · id ${token.id}`}
              onClick={(event) => choose(position, event.shiftKey)}
            >
              <span className="chip-position">{position}</span>
              {visibleToken(token)}
              {numbered[position] ? <sup className="chip-again">{numbered[position]}</sup> : null}
            </button>
          </li>
        ))}
      </ol>
      {chosen.length > 0 ? (
        <p className="chips-chosen mono">
          {from === to ? `position ${from}` : `positions ${from}–${to}`} · id {chosen.map(({ id }) => id).join(' ')}
        </p>
      ) : null}
    </>
  );
}
