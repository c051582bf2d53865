// The tokens in order: text with visible spaces, position, and a number where the same token comes again. Shift chooses a range. A long
// prompt has them a page at a time.
import { useEffect, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import type { ViewToken } from '../data.ts';
import { occurrences, visibleToken } from '../tokenText.ts';
import { PAGE_LENGTH, pageAt, pageName, pageOf } from './chipPages.ts';

type Props = {
  readonly name: string;
  readonly tokens: readonly ViewToken[];
  readonly selected: number;
  readonly onSelect: (position: number) => void;
};

/** Shows the tokens; a press chooses one, a press with Shift a range from the one chosen. */
export function TokenChips({ name, tokens, selected, onSelect }: Props) {
  const [rangeEnd, setRangeEnd] = useState<number | null>(null);
  const [turnedTo, turnTo] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a position that was chosen anew is to be seen
  useEffect(() => turnTo(null), [selected]);
  const numbered = occurrences(tokens);
  const [from, to] = [Math.min(selected, rangeEnd ?? selected), Math.max(selected, rangeEnd ?? selected)];
  const choose = (position: number, extend: boolean) => {
    setRangeEnd(extend ? position : null);
    if (!extend) onSelect(position);
  };
  const chosen = tokens.slice(Math.max(0, from), to + 1);
  const page = Math.min(turnedTo ?? pageOf(selected, tokens.length), pageOf(tokens.length, tokens.length));
  const { first, end } = pageAt(page, tokens.length);
  return (
    <>
      {tokens.length > PAGE_LENGTH ? <Pages name={name} page={page} nTokens={tokens.length} onPage={turnTo} /> : null}
      <ol className="chips" aria-label={name} start={first}>
        {tokens.slice(first, end).map((token, at) => {
          const position = first + at;
          return (
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
          );
        })}
      </ol>
      {chosen.length > 0 ? (
        <p className="chips-chosen mono">
          {from === to ? `position ${from}` : `positions ${from}–${to}`} · id {chosen.map(({ id }) => id).join(' ')}
        </p>
      ) : null}
    </>
  );
}

type PagesProps = {
  readonly name: string;
  readonly page: number;
  readonly nTokens: number;
  readonly onPage: (page: number) => void;
};

function Pages({ name, page, nTokens, onPage }: PagesProps) {
  const isLast = page === pageOf(nTokens, nTokens);
  return (
    <nav className="chip-pages" aria-label={`Pages of ${name}`}>
      <Button name="Earlier tokens" onPress={() => onPage(page - 1)} disabled={page === 0}>
        ‹
      </Button>
      <span aria-live="polite">positions {pageName(pageAt(page, nTokens))}</span>
      <Button name="Later tokens" onPress={() => onPage(page + 1)} disabled={isLast}>
        ›
      </Button>
    </nav>
  );
}
