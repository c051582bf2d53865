// The summary of a comparison, always in the same order.
import { type ComparisonSummary, type HookName, summaryWords, VERDICT_WORDS } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { describeIndex } from './coordinates.ts';

type Props = {
  readonly hook: HookName;
  readonly summary: ComparisonSummary;
  readonly tokens: readonly ViewToken[]; // of the prompt
};

/** Shows verdict, counts and figures of one comparison; where the largest difference is, with its tokens. */
export function SummaryStrip({ hook, summary, tokens }: Props) {
  const { verdict, maxAbsIndex } = summary;
  return (
    <div className="strip">
      <p className="strip-verdict" data-verdict={verdict}>
        {VERDICT_WORDS[verdict]}
      </p>
      <dl className="strip-rows">
        {summaryWords(summary).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd className="mono">
              {value}
              {term === 'max |Δ|' && maxAbsIndex.length > 0 ? (
                <span className="strip-place">{describeIndex(hook, maxAbsIndex, tokens)}</span>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
