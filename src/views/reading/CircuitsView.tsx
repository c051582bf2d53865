// The circuits of the chosen head on the vocabulary: its strongest pairs, and whether it copies.
import { Button } from '../controls/Button.tsx';
import { formatFigure } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { CircuitsReading, HeadName, PairRow } from './data.ts';

type Props = {
  readonly head: HeadName; // the chosen one
  readonly reading: CircuitsReading | null; // of this head or of another
  readonly isReading: boolean;
  readonly problem: string | null;
  readonly onRead: () => void;
};

/** Shows one head's circuits; they are made when asked for. */
export function CircuitsView({ head, reading, isReading, problem, onRead }: Props) {
  const name = `L${head.layer}H${head.head}`;
  const isOfHead = reading?.layer === head.layer && reading.head === head.head;
  return (
    <section aria-label="Circuits">
      <h2 className="reading-title">Circuits of {name}</h2>
      {problem ? (
        <p className="panel-error" role="alert">
          {problem}
        </p>
      ) : null}
      {isOfHead ? (
        <>
          <p className="reading-copying">
            Copying score <strong>{formatFigure(reading.circuits.copying.eigenvalues, 2)}</strong>{' '}
            <span className="quiet">
              (Σ Re λ / Σ |λ| of OV: 1 copies, −1 suppresses) ·{' '}
              {formatFigure(reading.circuits.copying.topShare * 100, 2)} % of all tokens raise themselves most
            </span>
          </p>
          <div className="reading-pairs">
            <Pairs title="QK: query → key" rows={reading.circuits.qk} />
            <Pairs title="OV: attended → raised" rows={reading.circuits.ov} />
          </div>
        </>
      ) : (
        <Button onPress={onRead} disabled={isReading}>
          {isReading ? 'Reading the weights…' : `Read the circuits of ${name}`}
        </Button>
      )}
    </section>
  );
}

function Pairs({ title, rows }: { readonly title: string; readonly rows: readonly PairRow[] }) {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map(({ from, to, score }) => (
          <tr key={`${from.id} ${to.id}`}>
            <td className="mono">{visibleToken(from)}</td>
            <td className="mono">{visibleToken(to)}</td>
            <td className="num">{formatFigure(score)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
