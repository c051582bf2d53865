// Both runs' values in the same bins: A filled, B as a line over it.
import type { Histogram } from '../../engine/index.ts';
import { formatFigure } from '../format.ts';

const WIDTH = 300;
const HEIGHT = 56;

/** Draws a shared-range histogram; heights are square roots of counts, so that tails can be seen. */
export function HistogramBars({ histogram }: { readonly histogram: Histogram }) {
  const { edges } = histogram;
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram from ${formatFigure(edges[0] ?? 0)} to ${formatFigure(edges.at(-1) ?? 0)}`}
      >
        <HistogramMarks histogram={histogram} width={WIDTH} height={HEIGHT} />
      </svg>
      <figcaption className="histogram-range">
        <span>{formatFigure(edges[0] ?? 0)}</span>
        <span className="quiet">value · √count</span>
        <span>{formatFigure(edges.at(-1) ?? 0)}</span>
      </figcaption>
    </figure>
  );
}

type MarksProps = { readonly histogram: Histogram; readonly width: number; readonly height: number };

/** The bars of A and the line of B, over the whole of this size. */
export function HistogramMarks({ histogram: { edges, a, b }, width, height }: MarksProps) {
  const most = mostOf({ a, b });
  const step = width / (edges.length - 1);
  const rise = (count: number) => height * Math.sqrt(count / most);
  const line = (b ?? []).map(
    (count, bin) => `${bin * step},${height - rise(count)} ${(bin + 1) * step},${height - rise(count)}`,
  );
  return (
    <>
      {a.map((count, bin) => (
        <rect
          key={edges[bin]}
          className="histogram-a"
          x={bin * step}
          y={height - rise(count)}
          width={step}
          height={rise(count)}
        />
      ))}
      {b ? <polyline className="histogram-b" points={line.join(' ')} /> : null}
    </>
  );
}

/** The fullest bin of both runs: as high as the marks are. */
export function mostOf({ a, b }: Pick<Histogram, 'a' | 'b'>): number {
  return Math.max(1, ...a, ...(b ?? []));
}
