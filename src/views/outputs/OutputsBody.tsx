// What both runs expect next: the likeliest tokens after the chosen one, and how the two predictions part along the prompt.
import type { NextTokens, Predictions, ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';
import { NextTokensTable } from './NextTokensTable.tsx';
import './outputs.css';
import { PositionTrend } from './PositionTrend.tsx';
import type { Pair } from './pair.ts';

type Props = {
  readonly position: number;
  readonly tokens: readonly ViewToken[];
  readonly outputs: NextTokens | null;
  readonly predictions: Predictions | null;
  readonly pair: Pair | null; // whose logit difference is followed
  readonly onPair: (pair: Pair) => void;
  readonly onPosition: (position: number) => void;
};

/** Ranks next tokens and follows both predictions over the positions. */
export function OutputsBody({ position, tokens, outputs, predictions, pair, onPair, onPosition }: Props) {
  const token = tokens[position];
  const rows = outputs?.rows ?? [];
  const nameOf = (id: number) => {
    const found = rows.find((row) => row.token.id === id)?.token;
    return found ? visibleToken(found) : `id ${id}`;
  };
  return (
    <div className="outputs">
      <div className="outputs-next">
        <p className="outputs-caption">
          Next after <span className="mono outputs-after">{token ? visibleToken(token) : '–'}</span> at position{' '}
          {position}
        </p>
        <NextTokensTable rows={rows} pair={pair} onPair={onPair} />
      </div>
      <div className="outputs-trends">
        {predictions?.kl ? (
          <PositionTrend
            title="KL(A‖B) by position"
            unit="nats"
            series={[{ side: 'b', values: predictions.kl }]}
            {...{ tokens, position, onPosition }}
          />
        ) : null}
        {predictions && pair ? (
          <PositionTrend
            title={`Logit of ${nameOf(pair[0])} − logit of ${nameOf(pair[1])}`}
            unit=""
            series={[
              ...(predictions.differenceA ? [{ side: 'a' as const, values: predictions.differenceA }] : []),
              ...(predictions.differenceB ? [{ side: 'b' as const, values: predictions.differenceB }] : []),
            ]}
            {...{ tokens, position, onPosition }}
          />
        ) : null}
      </div>
    </div>
  );
}

export function OutputsHelp() {
  return (
    <>
      <p>
        Ten likeliest next tokens of A, then those of B that A does not have. Probabilities are a softmax of the logits
        in double precision; Δ is B − A; rank tells where B has the token.
      </p>
      <p>
        <strong>KL(A‖B)</strong> is how many nats B's prediction is worse on what A expects. <strong>+</strong> and{' '}
        <strong>−</strong> choose the two tokens whose logit difference is followed along the prompt.
      </p>
    </>
  );
}
