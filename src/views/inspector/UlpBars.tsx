// How far apart elements are, in units in the last place: a bar a power of two. Each row is read as text too.
import type { UlpBin } from '../../engine/index.ts';
import { formatCount } from '../format.ts';

/** Lists the bins from equality to the farthest. */
export function UlpBars({ ulps }: { ulps: readonly UlpBin[] }) {
  const total = Math.max(
    1,
    ulps.reduce((sum, { count }) => sum + count, 0),
  );
  const most = Math.max(1, ...ulps.map(({ count }) => count));
  return (
    <table className="ulp-bars">
      <caption>Distance in ULP</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">ULP</th>
          <th scope="col">share</th>
          <th scope="col">elements</th>
        </tr>
      </thead>
      <tbody>
        {ulps.map(({ from, to, count }) => (
          <tr key={from}>
            <th scope="row" className="num">
              {rangeOf({ from, to })}
            </th>
            <td className="ulp-bar">
              <span
                style={{ '--share': count === 0 ? 0 : Math.max(0.005, count / most) }}
                data-equal={to === 0 || undefined}
              />
              <span className="visually-hidden">{((100 * count) / total).toFixed(1)} %</span>
            </td>
            <td className="num">{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Writes the distances of a bin: 0, 3–4, NaN. */
export function rangeOf({ from, to }: Pick<UlpBin, 'from' | 'to'>): string {
  if (from === Number.POSITIVE_INFINITY) return 'NaN';
  const written = (ulp: number) => (ulp < 10_000 ? formatCount(ulp) : `2${superscript(Math.round(Math.log2(ulp)))}`);
  return from === to ? written(from) : to < 10_000 ? `${written(from)}–${written(to)}` : `to ${written(to)}`;
}

function superscript(n: number): string {
  return String(n).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '');
}
