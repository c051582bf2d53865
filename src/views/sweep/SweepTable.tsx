// The maps' accessible twin: the cells that move the metric most, as a table.
import type { SweepCell } from '../../engine/index.ts';
import { formatFigure, formatSigned } from '../format.ts';
import { cellName, type SiteMap, strongest } from './maps.ts';

const COUNT = 24;

type Props = {
  readonly cells: readonly SweepCell[];
  readonly clean: number;
  readonly columnsOf: (cell: SweepCell) => SiteMap['columns'];
  readonly onChoose: (cell: SweepCell) => void;
};

/** Lists the strongest cells. */
export function SweepTable({ cells, clean, columnsOf, onChoose }: Props) {
  return (
    <details className="strongest">
      <summary>Strongest effects as a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">edited</th>
            <th scope="col">hook</th>
            <th scope="col" className="num">
              metric
            </th>
            <th scope="col" className="num">
              change
            </th>
          </tr>
        </thead>
        <tbody>
          {strongest(cells, clean, COUNT).map((cell) => (
            <tr key={`${cell.site} ${cell.layer} ${cell.head} ${cell.position}`}>
              <th scope="row">
                <button type="button" className="link-button" onClick={() => onChoose(cell)}>
                  {cellName(cell, columnsOf(cell))}
                </button>
              </th>
              <td className="mono">{cell.site}</td>
              <td className="num">{formatFigure(cell.value)}</td>
              <td className="num">{formatSigned(cell.value - clean)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
