// The elements that part most, with both bit patterns.
import type { WorstElement } from '../../engine/index.ts';
import { formatBits, formatExact, formatIndex } from '../format.ts';

/** Lists the worst elements, largest difference first. */
export function WorstTable({ worst }: { worst: readonly WorstElement[] }) {
  return (
    <details className="worst">
      <summary>{worst.length} worst elements</summary>
      <div className="worst-scroll">
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
            {worst.map((element) => (
              <tr key={formatIndex(element.index)}>
                <td>{formatIndex(element.index)}</td>
                <td className="num">
                  {formatExact(element.a)}
                  <br />
                  <span className="quiet">{formatBits(element.bitsA)}</span>
                </td>
                <td className="num">
                  {formatExact(element.b)}
                  <br />
                  <span className="quiet">{formatBits(element.bitsB)}</span>
                </td>
                <td className="num">{element.ulp}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
