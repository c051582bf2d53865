// The logit lens as a table: after each block the likeliest tokens, and how the chosen ones stand.
import { parseHookName } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { formatProbability } from '../format.ts';
import { visibleToken } from '../tokenText.ts';
import type { LensRow } from './data.ts';

type Props = { readonly lens: readonly LensRow[]; readonly tokens: readonly ViewToken[] };

export const SHOWN = 3; // tokens after each block

/** Tabulates the lens, from the embedding to the last block. */
export function LensTable({ lens, tokens }: Props) {
  return (
    <section aria-label="Logit lens">
      <h2 className="reading-title">Logit lens</h2>
      <table className="lens">
        <thead>
          <tr>
            <th scope="col">stream</th>
            <th scope="col" colSpan={SHOWN}>
              likeliest
            </th>
            {tokens.map((token) => (
              <th key={token.id} scope="col" className="num">
                <span className="mono">{visibleToken(token)}</span> rank, p
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lens.map(({ hook, top, chosen }) => (
            <tr key={hook}>
              <th scope="row" title={hook}>
                {placeOf(hook)}
              </th>
              {top.slice(0, SHOWN).map(({ token, probability }) => (
                <td key={token.id} className="lens-token" style={{ '--share': `${Math.round(probability * 100)}%` }}>
                  <span className="mono">{visibleToken(token)}</span>{' '}
                  <span className="quiet">{formatProbability(probability)}</span>
                </td>
              ))}
              {chosen.map(({ rank, probability }, at) => (
                <td key={tokens[at]?.id} className="num">
                  {rank + 1} <span className="quiet">{formatProbability(probability)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** 'embedding', 'after 0', … in the words of the blocks that wrote into the stream so far. */
export function placeOf(hook: LensRow['hook']): string {
  const parsed = parseHookName(hook);
  if (parsed?.kind !== 'block') return hook;
  if (parsed.hook === 'hook_resid_post') return `after ${parsed.layer}`;
  return parsed.layer === 0 ? 'embedding' : `after ${parsed.layer - 1}`;
}
