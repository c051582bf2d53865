// The read-out at the crosshair: both tokens, both values, their difference, how many ULP, and where.
import { hasValues, ulpDistance } from '../../engine/index.ts';
import type { HeadPair, ViewToken } from '../data.ts';
import { formatExact, formatSigned } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { Cell } from './cells.ts';

type Props = {
  readonly pair: HeadPair;
  readonly tokens: readonly ViewToken[];
  readonly cell: Cell | null;
  readonly isLocked: boolean;
};

/** Reads the cell out; polite, so that a locked crosshair is spoken as it moves. */
export function Crosshair({ pair, tokens, cell, isLocked }: Props) {
  return (
    <p className="crosshair" aria-live={isLocked ? 'polite' : 'off'}>
      {cell && !hasValues(pair) ? (
        <span className="quiet">Reading the values…</span>
      ) : cell ? (
        <Reading pair={pair} tokens={tokens} cell={cell} />
      ) : (
        <span className="quiet">Point at a cell; click locks it, a drag zooms.</span>
      )}
    </p>
  );
}

function Reading({ pair, tokens, cell: [q, k] }: Pick<Props, 'pair' | 'tokens'> & { readonly cell: Cell }) {
  const [query, key] = [tokens[q], tokens[k]];
  const [a, b] = [pair.a, pair.b].map((matrix) => matrix?.levels[0]?.[q * pair.nPos + k]);
  const isMasked = k > q || [a, b].every((value) => value === undefined || value === Number.NEGATIVE_INFINITY);
  return (
    <>
      <span>
        <span className="mono">
          {query ? visibleToken(query) : ''} → {key ? visibleToken(key) : ''}
        </span>{' '}
        <span className="quiet">
          [{q}, {k}]{isMasked ? ' masked' : ''}
        </span>
      </span>
      {isMasked ? null : (
        <span>
          {a === undefined ? null : <span className="crosshair-value side-a">A {formatExact(a)} </span>}
          {b === undefined ? null : <span className="crosshair-value side-b">B {formatExact(b)} </span>}
          {a === undefined || b === undefined ? null : (
            <span className="crosshair-value">
              Δ {formatSigned(a === b ? 0 : b - a)} · {ulpDistance(a, b)} ULP
            </span>
          )}
        </span>
      )}
    </>
  );
}
