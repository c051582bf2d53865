// The summary of a comparison, always in the same order.
import type { ComparisonSummary } from '../../engine/index.ts';
import { formatCount, formatFigure, formatIndex } from '../format.ts';

const VERDICTS = {
  'bit-identical': 'Bit-identical (0 ULP)',
  within: 'Within tolerance',
  outside: 'Outside tolerance',
} as const;

/** Shows verdict, counts and figures of one comparison. */
export function SummaryStrip({ summary }: { summary: ComparisonSummary }) {
  const rows: readonly (readonly [string, string])[] = [
    ['mismatched', `${formatCount(summary.mismatched)} / ${formatCount(summary.n)}`],
    [
      'max |Δ|',
      summary.maxAbsIndex.length > 0 ? `${formatFigure(summary.maxAbs)} at ${formatIndex(summary.maxAbsIndex)}` : '0',
    ],
    ['RMS', formatFigure(summary.rms)],
    ['relative L2', formatFigure(summary.relL2)],
    ['SQNR', Number.isFinite(summary.sqnrDb) ? `${summary.sqnrDb.toFixed(1)} dB` : '∞ dB'],
    ['cosine', formatFigure(summary.cosine, 9)],
    ['median, p99 ULP', `${formatCount(summary.ulpMedian)}, ${formatCount(summary.ulpP99)}`],
    ['bit-equal', `${((100 * summary.bitEqual) / Math.max(1, summary.n)).toFixed(1)} %`],
    ['NaN or Inf', `${formatCount(summary.nonFiniteA)} in A, ${formatCount(summary.nonFiniteB)} in B`],
    ['would pass at atol', formatFigure(summary.smallestAtol)],
  ];
  return (
    <div className="strip">
      <p className="strip-verdict" data-verdict={summary.verdict}>
        {VERDICTS[summary.verdict]}
      </p>
      <dl className="strip-rows">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
