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

const HEIGHT = 72;
const MARGIN = { top: 6, right: 6, bottom: 4, left: 44 } as const;

/** Draws the lines, with zero marked. */
export function PositionTrend({ title, unit, series, tokens, position, onPosition }: Props) {
  const [box, { width }] = useElementSize<HTMLDivElement>();
  const last = Math.max(1, tokens.length - 1);
  const [low = 0, high = 0] = extent([0, ...series.flatMap(({ values }) => values.filter(Number.isFinite))]);
  const x = scaleLinear([0, last], [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)]);
  const y = scaleLinear([low, high === low ? low + 1 : high], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const token = tokens[position];
  const choose = ({ clientX, currentTarget }: PointerEvent) => {
    const at = Math.round(x.invert(clientX - currentTarget.getBoundingClientRect().left));
    onPosition(Math.min(last, Math.max(0, at)));
  };
  return (
    <figure className="trend" ref={box}>
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
      {width > 0 ? (
        <svg width={width} height={HEIGHT} aria-hidden="true" onPointerDown={choose}>
          {[low, high].map((value) => (
            <text key={value} className="trend-tick" x={MARGIN.left - 6} y={y(value)} dy="0.32em">
              {formatFigure(value, 2)}
            </text>
          ))}
          <line className="trend-zero" x1={x(0)} x2={x(last)} y1={y(0)} y2={y(0)} />
          <line
            className="trend-cursor"
            x1={x(position)}
            x2={x(position)}
            y1={MARGIN.top}
            y2={HEIGHT - MARGIN.bottom}
          />
          {series.map(({ side, values }) => (
            <polyline
              key={side}
              className="trend-line"
              data-side={side}
              points={values.map((value, at) => `${x(at)},${y(Number.isFinite(value) ? value : 0)}`).join(' ')}
            />
          ))}
        </svg>
      ) : null}
    </figure>
  );
}
