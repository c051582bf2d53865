// Both runs' values in the same bins: A filled, B as a line over it.
import type { Histogram } from '../../engine/index.ts';
import { formatFigure } from '../format.ts';

const WIDTH = 300;
const HEIGHT = 56;

/** Draws a shared-range histogram; heights are square roots of counts, so that tails can be seen. */
export function HistogramBars({ histogram: { edges, a, b } }: { histogram: Histogram }) {
  const bins = edges.length - 1;
  const most = Math.max(1, ...a, ...(b ?? []));
  const height = (count: number) => HEIGHT * Math.sqrt(count / most);
  const step = WIDTH / bins;
  const line = (b ?? []).map(
    (count, bin) => `${bin * step},${HEIGHT - height(count)} ${(bin + 1) * step},${HEIGHT - height(count)}`,
  );
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram from ${formatFigure(edges[0] ?? 0)} to ${formatFigure(edges.at(-1) ?? 0)}`}
      >
        {a.map((count, bin) => (
          <rect
            key={edges[bin]}
            className="histogram-a"
            x={bin * step}
            y={HEIGHT - height(count)}
            width={step}
            height={height(count)}
          />
        ))}
        {b ? <polyline className="histogram-b" points={line.join(' ')} /> : null}
      </svg>
      <figcaption className="histogram-range">
        <span>{formatFigure(edges[0] ?? 0)}</span>
        <span className="quiet">value · √count</span>
        <span>{formatFigure(edges.at(-1) ?? 0)}</span>
      </figcaption>
    </figure>
  );
}
