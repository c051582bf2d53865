// The ladder's twin in words: a row a hook in running order, what the runs show beside what the operation makes by itself.
import type { ComparisonSummary, HookName, LadderRow } from '../../engine/index.ts';
import { formatCount, formatFigure } from '../format.ts';

type Props = {
  readonly rows: readonly LadderRow[]; // in running order
  readonly selected: HookName;
  readonly onSelect: (hook: HookName) => void;
};

const VERDICTS = { 'bit-identical': 'equal', within: 'within', outside: 'outside' } as const;
const FIGURES = ['verdict', 'max |Δ|', 'rel. L2', 'p99 ULP'] as const;

/** Tabulates every hook, accumulated and by itself; a hook's button chooses it. */
export function LadderTable({ rows, selected, onSelect }: Props) {
  const hasLocal = rows.some(({ local }) => local !== null);
  return (
    <div className="ladder-table">
      <table>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              hook
            </th>
            <th scope="colgroup" colSpan={FIGURES.length} className="num">
              accumulated
            </th>
            {hasLocal ? (
              <th scope="colgroup" colSpan={FIGURES.length} className="num">
                by itself
              </th>
            ) : null}
          </tr>
          <tr>
            {[...FIGURES, ...(hasLocal ? FIGURES : [])].map((name, at) => (
              <th key={`${name} ${at < FIGURES.length ? 'accumulated' : 'local'}`} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.hook} data-chosen={row.hook === selected || undefined}>
              <th scope="row">
                <button type="button" className="hook-link mono" onClick={() => onSelect(row.hook)}>
                  {row.hook}
                </button>
              </th>
              <Figures summary={row.summary} />
              {hasLocal ? <Figures summary={row.local} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Verdict and figures of one comparison; dashes where there is none. */
function Figures({ summary }: { readonly summary: ComparisonSummary | null }) {
  const cells = summary
    ? [formatFigure(summary.maxAbs), formatFigure(summary.relL2), formatCount(summary.ulpP99)]
    : ['–', '–', '–'];
  return (
    <>
      <td className="num ladder-readout-verdict" data-verdict={summary?.verdict}>
        {summary ? VERDICTS[summary.verdict] : '–'}
      </td>
      {cells.map((text, at) => (
        <td key={FIGURES[at + 1]} className="num">
          {text}
        </td>
      ))}
    </>
  );
}
