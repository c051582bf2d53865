// The hook under the pointer, or the chosen one, in words. Its height is fixed, so that nothing jumps.
import { formatShape, type LadderRow } from '../../engine/index.ts';
import { formatCount, formatFigure } from '../format.ts';

const VERDICTS = {
  'bit-identical': 'bit-identical',
  within: 'within tolerance',
  outside: 'outside tolerance',
} as const;

/** Writes a row of the ladder in words. */
export function Readout({ row }: { row: LadderRow | null }) {
  if (!row) return <p className="ladder-readout quiet">Choose a hook</p>;
  const { summary } = row;
  return (
    <p className="ladder-readout">
      <span className="mono ladder-readout-hook">{row.hook}</span>
      <span className="quiet">{formatShape(row.shapeB)}</span>
      <span className="ladder-readout-verdict" data-verdict={summary.verdict}>
        {VERDICTS[summary.verdict]}
      </span>
      {row.local && summary.verdict !== 'bit-identical' ? (
        <span className="ladder-readout-local">
          <span className="ladder-local-key" aria-hidden="true" /> by itself{' '}
          {row.local.verdict === 'bit-identical'
            ? 'bit-identical'
            : `${formatFigure(row.local.maxAbs)}, ${VERDICTS[row.local.verdict]}`}
        </span>
      ) : null}
      {summary.verdict === 'bit-identical' ? null : (
        <span className="quiet ladder-readout-figures">
          max |Δ| {formatFigure(summary.maxAbs)} · rel. L2 {formatFigure(summary.relL2)} · p99{' '}
          {formatCount(summary.ulpP99)} ULP · {formatFigure((100 * summary.bitEqual) / summary.n)} % bit-equal
        </span>
      )}
    </p>
  );
}
