// The chosen tensor as a table: its elements by index or by size, both runs, their difference and distance in ULP.
import type { HookName, RankBy, Ranking } from '../../engine/index.ts';
import { Choice } from '../controls/Choice.tsx';
import type { ViewToken } from '../data.ts';
import { formatCount, formatExact, formatIndex, formatSigned } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import { axesOf } from './axes.ts';
import './table.css';

type Props = {
  readonly hook: HookName;
  readonly ranking: Ranking | null;
  readonly by: RankBy;
  readonly onBy: (by: RankBy) => void;
  readonly tokens: readonly ViewToken[];
};

const ORDERS = [
  { id: 'difference', label: '|Δ|' },
  { id: 'ulp', label: 'ULP' },
  { id: 'a', label: '|A|' },
  { id: 'b', label: '|B|' },
  { id: 'index', label: 'index' },
] as const;

/** Tabulates the first elements of the chosen order. */
export function TableBody({ hook, ranking, by, onBy, tokens }: Props) {
  const elements = ranking?.elements ?? [];
  const axes = axesOf(hook, ranking?.shape ?? []);
  const tokenAt = (position: number) => {
    const token = tokens[position];
    return token ? visibleToken(token) : '';
  };
  return (
    <div className="elements">
      <div className="elements-head">
        <span className="mono">{hook}</span>
        <Choice name="Order of the elements" options={ORDERS} value={by} onChange={onBy} />
        <span className="quiet">
          {formatCount(elements.length)} of {formatCount(ranking?.n ?? 0)} elements
        </span>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">index</th>
            {axes.map((axis) => (
              <th key={axis.name} scope="col">
                {axis.name}
              </th>
            ))}
            {['A', 'B', 'Δ', 'ULP'].map((name) => (
              <th key={name} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {elements.map(({ index, a, b, ulp }) => (
            <tr key={index.join(' ')}>
              <th scope="row" className="mono">
                {formatIndex(index)}
              </th>
              {axes.map(({ name, at, isPosition }) => (
                <td key={name} className="mono">
                  {index[at]} {isPosition ? <span className="quiet">{tokenAt(index[at] ?? 0)}</span> : null}
                </td>
              ))}
              <td className="num side-a">{a === null ? '–' : formatExact(a)}</td>
              <td className="num side-b">{b === null ? '–' : formatExact(b)}</td>
              <td className="num">{a === null || b === null ? '–' : formatSigned(a === b ? 0 : b - a)}</td>
              <td className="num">{ulp === null ? '–' : formatCount(ulp)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function TableHelp() {
  return (
    <p>
      The elements of the hook that the Inspector shows, the first 200 in the chosen order, with the nine digits that
      tell an f32 from every other.
    </p>
  );
}
