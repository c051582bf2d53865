// The likeliest next tokens of both runs after the chosen token.
import type { ReactNode } from 'react';
import type { NextTokens, PanelState, ViewToken } from '../data.ts';
import { formatFigure, formatProbability, formatSigned } from '../format.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { visibleToken } from '../tokenText.ts';
import './outputs.css';

type Props = {
  readonly position: number;
  readonly token: ViewToken | null; // at that position
  readonly a: NextTokens | null;
  readonly b: NextTokens | null;
  readonly aside?: ReactNode;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Ranks the next tokens of the reference; the other run's beside them. */
export function OutputsPanel({ position, token, a, b, aside, state, frame }: Props) {
  const rows = a ?? b ?? [];
  const both = a !== null && b !== null;
  return (
    <Panel id="panel-outputs" title="Outputs" aside={aside} help={<OutputsHelp />} state={state} frame={frame}>
      <div className="outputs">
        <p className="quiet">
          Next after <span className="mono">{token ? visibleToken(token) : '–'}</span> at position {position}
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">next token</th>
              <th scope="col">{a ? 'probability A' : 'probability B'}</th>
              <th scope="col" className="num">
                {a ? 'logit A' : 'logit B'}
              </th>
              {both ? (
                <th scope="col" className="num">
                  probability B
                </th>
              ) : null}
              {both ? (
                <th scope="col" className="num">
                  Δ logit
                </th>
              ) : null}
              {both ? (
                <th scope="col" className="num">
                  rank
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, rank) => {
              const otherRank = b?.findIndex(({ id }) => id === row.id) ?? -1;
              const other = both ? b[otherRank] : undefined;
              return (
                <tr key={row.id}>
                  <th scope="row" className="mono outputs-token">
                    {visibleToken(row.token)}
                  </th>
                  <td>
                    <span className="outputs-bar" style={{ width: `${Math.max(0.5, row.probability * 100)}%` }} />
                    {formatProbability(row.probability)}
                  </td>
                  <td className="num">{formatFigure(row.logit, 5)}</td>
                  {both ? <td className="num">{other ? formatProbability(other.probability) : '–'}</td> : null}
                  {both ? <td className="num">{other ? formatSigned(other.logit - row.logit) : '–'}</td> : null}
                  {both ? <td className="num">{other ? rankChange(rank, otherRank) : '> 10'}</td> : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function rankChange(from: number, to: number): string {
  return from === to ? '=' : `${from + 1} → ${to + 1}`;
}

function OutputsHelp() {
  return <p>Ten likeliest next tokens. Probabilities are a softmax of the logits in double precision; Δ is B − A.</p>;
}
