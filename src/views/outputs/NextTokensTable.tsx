// The likeliest next tokens of both runs, side by side.
import type { NextTokens, Standing } from '../data.ts';
import { formatFigure, formatProbability, formatSigned } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { Pair } from './pair.ts';
import { rankChange } from './rankChange.ts';

type Props = {
  readonly rows: NextTokens['rows'];
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair) => void;
};

/** Tabulates tokens, probabilities and logits. */
export function NextTokensTable({ rows, pair, onPair }: Props) {
  const [hasA, hasB] = [rows.some(({ a }) => a), rows.some(({ b }) => b)];
  const both = hasA && hasB;
  return (
    <table className="next-tokens">
      <thead>
        <tr>
          <th scope="col">next token</th>
          {hasA ? <th scope="col">probability A</th> : null}
          {hasB ? <th scope="col">probability B</th> : null}
          <th scope="col" className="num">
            logit {hasA ? 'A' : 'B'}
          </th>
          {both ? (
            <>
              <th scope="col" className="num">
                Δ logit
              </th>
              <th scope="col" className="num">
                rank
              </th>
            </>
          ) : null}
          <th scope="col">
            <span className="visually-hidden">logit difference</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ token, a, b }) => (
          <tr key={token.id}>
            <th scope="row" className="mono outputs-token" title={`id ${token.id}`}>
              {visibleToken(token)}
            </th>
            {hasA ? <ProbabilityCell side="a" standing={a} /> : null}
            {hasB ? <ProbabilityCell side="b" standing={b} /> : null}
            <td className="num">{formatFigure((a ?? b)?.logit ?? Number.NaN, 5)}</td>
            {both ? (
              <>
                <td className="num">{a && b ? formatSigned(b.logit - a.logit) : '–'}</td>
                <td className="num">{a && b ? rankChange(a.rank, b.rank) : '–'}</td>
              </>
            ) : null}
            <td className="next-pair">
              <PairButton sign="+" id={token.id} name={visibleToken(token)} at={0} {...{ pair, onPair }} />
              <PairButton sign="−" id={token.id} name={visibleToken(token)} at={1} {...{ pair, onPair }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ProbabilityCell({ side, standing }: { readonly side: 'a' | 'b'; readonly standing: Standing | null }) {
  const probability = standing?.probability ?? 0;
  return (
    <td className="next-probability">
      <span className="next-bar" data-side={side} style={{ width: `${probability * 100}%` }} />
      <span>{standing ? formatProbability(probability) : '–'}</span>
    </td>
  );
}

type PairProps = {
  readonly sign: '+' | '−';
  readonly id: number;
  readonly name: string;
  readonly at: 0 | 1;
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair) => void;
};

/** Chooses a token as one end of the logit difference. */
function PairButton({ sign, id, name, at, pair, onPair }: PairProps) {
  const [plus = id, minus = id] = pair ?? [];
  return (
    <button
      type="button"
      className="pair-button"
      aria-pressed={pair?.[at] === id}
      aria-label={`${sign === '+' ? 'Plus' : 'Minus'} ${name} in the logit difference`}
      onClick={() => onPair(at === 0 ? [id, minus] : [plus, id])}
    >
      {sign}
    </button>
  );
}
