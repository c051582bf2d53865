// One or two figures along the prompt, as lines over positions; the chosen position is read out, a press chooses another.
import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { PointerEvent } from 'react';
import type { Side, ViewToken } from '../data.ts';
import { formatFigure } from '../format.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import { visibleToken } from '../tokenText.ts';

type Props = {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly { readonly side: Side; readonly values: readonly number[] }[];
  readonly tokens: readonly ViewToken[];
  readonly position: number;
  readonly onPosition: (position: number) => void;
};

export const TREND_MARGIN = { top: 6, right: 6, bottom: 4, left: 56 } as const;

/** Draws the lines, with zero marked. */
export function PositionTrend({ title, unit, series, tokens, position, onPosition }: Props) {
  const [box, { width, height }] = useElementSize<HTMLDivElement>();
  const last = lastOf(tokens.length);
  const token = tokens[position];
  const choose = ({ clientX, currentTarget }: PointerEvent) => {
    const at = Math.round(
      positionScale(tokens.length, width).invert(clientX - currentTarget.getBoundingClientRect().left),
    );
    onPosition(Math.min(last, Math.max(0, at)));
  };
  return (
    <figure className="trend">
      <figcaption className="outputs-caption">
        <span className="trend-title">{title}</span>
        <span>
          {token ? <span className="mono">{visibleToken(token)}</span> : null}{' '}
          {series.map(({ side, values }) => (
            <span key={side} className={`trend-value side-${side}`}>
              {series.length > 1 ? `${side.toUpperCase()} ` : ''}
              {formatFigure(values[position] ?? Number.NaN)}
            </span>
          ))}{' '}
          {unit}
        </span>
      </figcaption>
      <div className="trend-plot" ref={box}>
        {width > 0 ? (
          <svg width={width} height={height} aria-hidden="true" onPointerDown={choose}>
            <TrendMarks {...{ series, position, width, height }} nPos={tokens.length} />
          </svg>
        ) : null}
      </div>
    </figure>
  );
}

const NO_HEIGHT = 2 ** -10; // of the plot: less than a line is thick

type MarksProps = {
  readonly series: Props['series'];
  readonly nPos: number;
  readonly position: number | null; // marked by a line
  readonly width: number;
  readonly height: number;
};

/** The lines, zero and the least and largest figure, over the whole of this size. */
export function TrendMarks({ series, nPos, position, width, height }: MarksProps) {
  const [least = 0, high = 0] = extent([0, ...series.flatMap(({ values }) => values.filter(Number.isFinite))]);
  const low = -least < high * NO_HEIGHT ? 0 : least; // a KL divergence that rounding took below 0
  const x = positionScale(nPos, width);
  const y = scaleLinear([low, high === low ? low + 1 : high], [height - TREND_MARGIN.bottom, TREND_MARGIN.top]);
  return (
    <>
      {[low, high].map((value) => (
        <text key={value} className="trend-tick" x={TREND_MARGIN.left - 6} y={y(value)} dy="0.32em">
          {formatFigure(value, 2)}
        </text>
      ))}
      <line className="trend-zero" x1={x(0)} x2={x(lastOf(nPos))} y1={y(0)} y2={y(0)} />
      {position === null ? null : (
        <line
          className="trend-cursor"
          x1={x(position)}
          x2={x(position)}
          y1={TREND_MARGIN.top}
          y2={height - TREND_MARGIN.bottom}
        />
      )}
      {series.map(({ side, values }) => (
        <polyline
          key={side}
          className="trend-line"
          data-side={side}
          points={values.map((value, at) => `${x(at)},${y(Number.isFinite(value) ? value : 0)}`).join(' ')}
        />
      ))}
    </>
  );
}

/** From a position to where it stands in a trend of this width. */
export function positionScale(nPos: number, width: number) {
  return scaleLinear(
    [0, lastOf(nPos)],
    [TREND_MARGIN.left, Math.max(TREND_MARGIN.left + 1, width - TREND_MARGIN.right)],
  );
}

function lastOf(nPos: number): number {
  return Math.max(1, nPos - 1);
}
