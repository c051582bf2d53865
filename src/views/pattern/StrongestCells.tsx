// The map's accessible twin: its strongest cells as a table. A row locks the crosshair there.
import { memo } from 'react';
import type { ViewToken } from '../data.ts';
import { formatFigure } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import { type Cell, type Cells, valueAt } from './cells.ts';

const COUNT = 24;

type Props = {
  readonly cells: Cells;
  readonly tokens: readonly ViewToken[];
  readonly isOpen: boolean; // without being asked for
  readonly onLock: (cell: Cell) => void;
  readonly onReadValues: () => void;
};

/** Lists the cells of largest magnitude. */
export const StrongestCells = memo(function StrongestCells({ cells, tokens, isOpen, onLock, onReadValues }: Props) {
  const token = (position: number) => {
    const at = tokens[position];
    return at ? `${visibleToken(at)} ${position}` : String(position);
  };
  return (
    <details className="strongest" open={isOpen} onToggle={({ currentTarget }) => currentTarget.open && onReadValues()}>
      <summary>Strongest cells as a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">query</th>
            <th scope="col">key</th>
            <th scope="col" className="num">
              {cells.scale.title}
            </th>
            <th scope="col">
              <span className="visually-hidden">crosshair</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {cells.strongest.slice(0, COUNT).map(([q, k]) => (
            <tr key={`${q} ${k}`}>
              <td className="mono">{token(q)}</td>
              <td className="mono">{token(k)}</td>
              <td className="num">{formatFigure(valueAt(cells, [q, k]))}</td>
              <td>
                <button type="button" className="link-button" onClick={() => onLock([q, k])}>
                  show
                  <span className="visually-hidden">
                    {' '}
                    query {q}, key {k}
                  </span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
});
