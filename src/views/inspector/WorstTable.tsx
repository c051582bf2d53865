// The elements that part most: where, both values with their bit patterns, and the bits of the one that is chosen.
import { useState } from 'react';
import type { HookName, WorstElement } from '../../engine/index.ts';
import type { ViewToken } from '../data.ts';
import { formatBits, formatExact, formatIndex } from '../format.ts';
import { describeIndex } from './coordinates.ts';
import { ElementBits } from './ElementBits.tsx';

type Props = {
  readonly hook: HookName;
  readonly worst: readonly WorstElement[];
  readonly tokens: readonly ViewToken[];
};

/** Lists the worst elements, largest difference first; an index opens its bits. */
export function WorstTable({ hook, worst, tokens }: Props) {
  const [chosen, setChosen] = useState(0);
  const element = worst[chosen] ?? worst[0];
  return (
    <details className="worst">
      <summary>{worst.length} worst elements</summary>
      {element ? <ElementBits element={element} place={describeIndex(hook, element.index, tokens)} /> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
      <section className="worst-scroll" tabIndex={0} aria-label="Worst elements">
        <table className="mono">
          <thead>
            <tr>
              <th scope="col">index</th>
              <th scope="col" className="num">
                A
              </th>
              <th scope="col" className="num">
                B
              </th>
              <th scope="col" className="num">
                ULP
              </th>
            </tr>
          </thead>
          <tbody>
            {worst.map((row, at) => (
              <tr key={formatIndex(row.index)} data-chosen={row === element || undefined}>
                <td>
                  <button
                    type="button"
                    className="worst-index"
                    aria-pressed={row === element}
                    title={describeIndex(hook, row.index, tokens)}
                    onClick={() => setChosen(at)}
                  >
                    {formatIndex(row.index)}
                  </button>
                </td>
                <td className="num">
                  {formatExact(row.a)}
                  <br />
                  <span className="quiet">{formatBits(row.bitsA)}</span>
                </td>
                <td className="num">
                  {formatExact(row.b)}
                  <br />
                  <span className="quiet">{formatBits(row.bitsB)}</span>
                </td>
                <td className="num">{row.ulp}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
