// The prompt beneath the map, linked with it: the crosshair's query is outlined, each key tinted by what the query pays it. Of a long
// prompt the part around the crosshair. The table is its accessible twin.
import { useEffect, useRef } from 'react';
import type { ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';
import { type Cell, type Cells, valueAt } from './cells.ts';

const MOST_TOKENS = 64;

type Props = {
  readonly cells: Cells;
  readonly tokens: readonly ViewToken[];
  readonly cell: Cell | null;
  readonly onHover: (cell: Cell | null) => void;
  readonly onLock: (cell: Cell) => void;
};

/** Writes the tokens; pointing at one moves the crosshair to that key of the same query. */
export function TokenStrip({ cells, tokens, cell, onHover, onLock }: Props) {
  const strip = useRef<HTMLDivElement>(null);
  const [query, key] = cell ?? [cells.nPos - 1, null];
  useEffect(() => showToken(strip.current, key ?? query), [key, query]);
  const first = Math.max(0, Math.min(tokens.length - MOST_TOKENS, (key ?? query) - MOST_TOKENS / 2));
  const shown = tokens.slice(first, first + MOST_TOKENS);
  const row = shown.map((_, at) => Math.abs(valueAt(cells, [query, first + at])));
  const most = Math.max(...row.filter(Number.isFinite), Number.MIN_VALUE);
  return (
    <div ref={strip} className="token-strip" aria-hidden="true" onPointerLeave={() => onHover(null)}>
      {first > 0 ? <span className="quiet">…</span> : null}
      {shown.map((token, at) => {
        const position = first + at;
        const share = (row[at] ?? Number.NaN) / most;
        return (
          <span
            key={position}
            data-at={position}
            className="strip-token mono"
            data-query={position === query || undefined}
            data-key={position === key || undefined}
            data-unseen={position > query || undefined}
            style={{ '--share': `${Number.isFinite(share) ? Math.round(45 * share) : 0}%` }}
            onPointerEnter={() => onHover([query, position])}
            onPointerDown={() => onLock([query, position])}
          >
            {visibleToken(token)}
          </span>
        );
      })}
      {first + MOST_TOKENS < tokens.length ? <span className="quiet">…</span> : null}
    </div>
  );
}

/** Scrolls the strip, and nothing around it, no further than the token needs to be seen. */
function showToken(strip: HTMLElement | null, position: number): void {
  const token = strip?.querySelector<HTMLElement>(`[data-at="${position}"]`);
  if (!strip || !token) return;
  const [first, last] = [token.offsetLeft - strip.offsetLeft, token.offsetLeft - strip.offsetLeft + token.offsetWidth];
  if (first < strip.scrollLeft) strip.scrollLeft = first;
  else if (last > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = last - strip.clientWidth;
}
