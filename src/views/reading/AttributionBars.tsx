// Direct logit attribution as bars, the largest part first, and the check that the parts sum to the logit. A head's bar opens the head.
import { formatFigure, formatSigned } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { PredictionReading } from './data.ts';
import { rankedParts } from './ranked.ts';

type Props = {
  readonly reading: PredictionReading;
  readonly onHead: (layer: number, head: number) => void;
};

/** Ranks the parts by size. */
export function AttributionBars({ reading, onHead }: Props) {
  const { sum, logit, bound } = reading.attribution;
  const { shown, largest, rest } = rankedParts(reading.attribution);
  const [right, wrong] = reading.tokens.map(visibleToken);
  const holds = Math.abs(sum - logit) <= bound;
  return (
    <section aria-label="Attribution">
      <h2 className="reading-title">
        What makes <span className="mono">{right}</span>
        {wrong === undefined ? '' : ' over '}
        <span className="mono">{wrong}</span>
      </h2>
      <table className="attribution">
        <tbody>
          {shown.map(({ name, logit: part }) => (
            <tr key={name}>
              <th scope="row">
                <PartName name={name} onHead={onHead} />
              </th>
              <td className="attribution-bar" aria-hidden="true">
                <span
                  data-sign={part < 0 ? 'minus' : 'plus'}
                  style={{ width: `${(50 * Math.abs(part)) / largest}%` }}
                />
              </td>
              <td className="num">{formatSigned(part)}</td>
            </tr>
          ))}
          {rest ? (
            <tr>
              <th scope="row" className="quiet">
                {rest.count} more
              </th>
              <td aria-hidden="true" />
              <td className="num">{formatSigned(rest.logit)}</td>
            </tr>
          ) : null}
        </tbody>
      </table>
      <p className={holds ? 'quiet' : 'panel-error'}>
        Sum {formatFigure(sum, 6)}, the run's logit{wrong === undefined ? '' : ' difference'} {formatFigure(logit, 6)}:{' '}
        {formatFigure(Math.abs(sum - logit), 2)} apart, {holds ? 'within' : 'beyond'} the rounding bound{' '}
        {formatFigure(bound, 2)}.
      </p>
      {reading.whyNotByHead ? <p className="quiet">Attention stays whole: {reading.whyNotByHead}.</p> : null}
    </section>
  );
}

function PartName({ name, onHead }: { readonly name: string; readonly onHead: Props['onHead'] }) {
  const head = /^L(\d+)H(\d+)$/.exec(name);
  if (!head) return <span>{name}</span>;
  return (
    <button type="button" className="link-button" onClick={() => onHead(Number(head[1]), Number(head[2]))}>
      {name}
    </button>
  );
}
