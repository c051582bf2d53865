// The summary of a comparison, always in the same order: what the runs show, and beside it what the operation makes by itself.
import { type ComparisonSummary, type HookName, summaryWords, VERDICT_WORDS } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { describeIndex } from './coordinates.ts';

type Props = {
  readonly hook: HookName;
  readonly summary: ComparisonSummary;
  readonly local: ComparisonSummary | null; // B's operation on A's inputs; null where it was not run so
  readonly tokens: readonly ViewToken[]; // of the prompt
};

/** Shows verdict, counts and figures of one comparison; where the largest difference is, with its tokens. */
export function SummaryStrip({ hook, summary, local, tokens }: Props) {
  const columns = local ? [summary, local] : [summary];
  const words = columns.map(summaryWords);
  return (
    <div className="strip">
      <p className="strip-verdict" data-verdict={summary.verdict}>
        {VERDICT_WORDS[summary.verdict]}
      </p>
      <table className="strip-rows">
        {local ? (
          <thead>
            <tr>
              <td />
              <th scope="col" className="num">
                accumulated
              </th>
              <th scope="col" className="num">
                by itself
              </th>
            </tr>
          </thead>
        ) : null}
        <tbody>
          {local ? (
            <tr>
              <th scope="row">verdict</th>
              {columns.map(({ verdict }, at) => (
                <td key={columnOf(at)} className="num" data-verdict={verdict}>
                  {SHORT[verdict]}
                </td>
              ))}
            </tr>
          ) : null}
          {words[0]?.map(([term], row) => (
            <tr key={term}>
              <th scope="row">{term}</th>
              {columns.map(({ maxAbsIndex }, at) => (
                <td key={columnOf(at)} className="num mono">
                  {words[at]?.[row]?.[1]}
                  {term === 'max |Δ|' && at === 0 && maxAbsIndex.length > 0 ? (
                    <span className="strip-place">{describeIndex(hook, maxAbsIndex, tokens)}</span>
                  ) : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SHORT = { 'bit-identical': 'equal', within: 'within', outside: 'outside' } as const;

function columnOf(at: number): string {
  return at === 0 ? 'accumulated' : 'local';
}
