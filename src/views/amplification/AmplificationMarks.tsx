// The marks of the amplification curve: the factor of each block as a line, attention's and the MLP's beside it, a line at × 1.
// Decorative: the table beside it says the same.
import { scalePoint } from 'd3-scale';
import type { BlockAmplification } from '../../engine/index.ts';
import { formatFigure } from '../format.ts';
import { factorScale, factorTicks, type Point, type PointOf, partsOf, pointsOf } from './curve.ts';

export const MARGIN = { left: 46, right: 12, top: 12, bottom: 20 } as const;

type Props = {
  readonly blocks: readonly BlockAmplification[];
  readonly chosen: number | null; // a layer
  readonly width: number;
  readonly height: number;
};

/** Draws the plot in `width` × `height` CSS pixels. */
export function AmplificationMarks({ blocks, chosen, width, height }: Props) {
  const bottom = height - MARGIN.bottom;
  const y = factorScale(blocks, bottom, MARGIN.top);
  const across = scalePoint(
    blocks.map((_, at) => at),
    [MARGIN.left, width - MARGIN.right],
  ).padding(0.5);
  const x = (at: number) => across(at) ?? MARGIN.left;
  const [low = 1, high = 1] = y.domain();
  const every = Math.ceil(blocks.length / Math.max(1, (width - MARGIN.left) / 28)); // block numbers that there is room for
  const place = ({ at, factor }: Point) => ({ x: x(at), y: y(factor) });
  return (
    <svg className="amp-svg" width={width} height={height} aria-hidden="true">
      {factorTicks([low, high], (bottom - MARGIN.top) / 20).map((factor) => (
        <g key={factor}>
          <line
            className={factor === 1 ? 'amp-one' : 'amp-grid'}
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(factor)}
            y2={y(factor)}
          />
          <text className="amp-label" x={MARGIN.left - 8} y={y(factor) + 3.5} textAnchor="end">
            ×{formatFigure(factor)}
          </text>
        </g>
      ))}
      {blocks.map(({ layer }, at) => (
        <g key={layer}>
          {layer === chosen ? (
            <line className="amp-chosen" x1={x(at)} x2={x(at)} y1={MARGIN.top - 6} y2={bottom} />
          ) : null}
          {at % every === 0 ? (
            <text className="amp-label" x={x(at)} y={height - 5} textAnchor="middle">
              {layer}
            </text>
          ) : null}
        </g>
      ))}
      <polyline
        className="amp-line"
        points={pointsOf(blocks, 'block')
          .map(place)
          .map((at) => `${at.x},${at.y}`)
          .join(' ')}
      />
      {partsOf(blocks).map(({ id }) =>
        pointsOf(blocks, id).map((point) => <Mark key={`${id} ${point.at}`} part={id} {...place(point)} />),
      )}
    </svg>
  );
}

/** A part's mark: shapes tell the parts apart, whatever the colours. */
export function Mark({ part, x, y }: { readonly part: PointOf; readonly x: number; readonly y: number }) {
  switch (part) {
    case 'block':
      return <circle className="amp-mark amp-block" cx={x} cy={y} r={4} />;
    case 'attention':
      return <path className="amp-mark amp-attention" d={`M${x} ${y - 4.5}l4.5 8h-9z`} />;
    case 'mlp':
      return <rect className="amp-mark amp-mlp" x={x - 3.5} y={y - 3.5} width={7} height={7} />;
    default:
      return part satisfies never;
  }
}
