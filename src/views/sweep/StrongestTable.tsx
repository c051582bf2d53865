// The maps' accessible twin: the cells that move the metric most, as a table.
import { formatFigure, formatSigned } from '../format.ts';
import { strongest } from './maps.ts';

const COUNT = 24;

/** A row's names: the first one chooses its cell; one for each head of `heads`. */
type Names = readonly [first: string, ...others: string[]];

type Props<C> = {
  readonly summary: string;
  readonly heads: Names;
  readonly cells: readonly C[];
  readonly clean: number;
  readonly namesOf: (cell: C) => Names;
  readonly onChoose: (cell: C) => void;
};

/** Lists the strongest cells, each with the metric under its edit and how far that is from the unedited one. */
export function StrongestTable<C extends { readonly value: number }>(props: Props<C>) {
  const { summary, heads, cells, clean, namesOf, onChoose } = props;
  return (
    <details className="strongest">
      <summary>{summary}</summary>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col" className="num">
              metric
            </th>
            <th scope="col" className="num">
              change
            </th>
          </tr>
        </thead>
        <tbody>
          {strongest(cells, clean, COUNT).map((cell) => {
            const [first, ...others] = namesOf(cell);
            return (
              <tr key={[first, ...others].join(' ')}>
                <th scope="row">
                  <button type="button" className="link-button" onClick={() => onChoose(cell)}>
                    {first}
                  </button>
                </th>
                {others.map((name) => (
                  <td key={name} className="mono">
                    {name}
                  </td>
                ))}
                <td className="num">{formatFigure(cell.value)}</td>
                <td className="num">{formatSigned(cell.value - clean)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}
