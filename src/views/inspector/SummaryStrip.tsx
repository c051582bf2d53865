// The summary of a comparison, always in the same order.
import { type ComparisonSummary, summaryWords, VERDICT_WORDS } from '../../engine/index.ts';

/** Shows verdict, counts and figures of one comparison. */
export function SummaryStrip({ summary }: { summary: ComparisonSummary }) {
  return (
    <div className="strip">
      <p className="strip-verdict" data-verdict={summary.verdict}>
        {VERDICT_WORDS[summary.verdict]}
      </p>
      <dl className="strip-rows">
        {summaryWords(summary).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
