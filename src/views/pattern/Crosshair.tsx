// The read-out at the crosshair: both tokens, both values, their difference, how many ULP, and where.
import { ulpDistance } from '../../engine/index.ts';
import type { Matrix, ViewToken } from '../data.ts';
import { formatExact, formatSigned } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { Cell, HeadPair } from './cells.ts';

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
      {cell ? (
        <Reading pair={pair} tokens={tokens} cell={cell} />
      ) : (
        <span className="quiet">Point at a cell; click locks it.</span>
      )}
    </p>
  );
}

function Reading({ pair, tokens, cell: [q, k] }: { pair: HeadPair; tokens: readonly ViewToken[]; cell: Cell }) {
  const [query, key] = [tokens[q], tokens[k]];
  const value = (matrix: Matrix | null) => matrix?.values[q * pair.nPos + k];
  const [a, b] = [value(pair.a), value(pair.b)];
  return (
    <>
      <span>
        <span className="mono">
          {query ? visibleToken(query) : ''} → {key ? visibleToken(key) : ''}
        </span>{' '}
        <span className="quiet">
          [{q}, {k}]{k > q ? ' masked' : ''}
        </span>
      </span>
      <span>
        {k <= q && a !== undefined ? <span className="side-a">A {formatExact(a)} </span> : null}
        {k <= q && b !== undefined ? <span className="side-b">B {formatExact(b)} </span> : null}
        {k <= q && a !== undefined && b !== undefined ? (
          <span>
            Δ {formatSigned(a === b ? 0 : b - a)} · {ulpDistance(a, b)} ULP
          </span>
        ) : null}
      </span>
    </>
  );
}
