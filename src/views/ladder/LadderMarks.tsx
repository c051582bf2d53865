// The marks of the ladder: tolerance band, decades, block columns, the residual stream as a line, one tick a hook, and a ring where the
// hook's operation differs by itself, fed what A had. Decorative.
import { type LadderRow, parseHookName } from '../../engine/index.ts';
import { formatFigure } from '../format.ts';
import {
  type Column,
  type Decades,
  decadesOf,
  decadeTicks,
  heightOf,
  type Metric,
  metricOf,
  type Slots,
} from './layout.ts';

export const MARGIN = { left: 46, right: 8, top: 16, bottom: 22 } as const;
const ZERO_LANE = 16; // pixels between the plot and the line of exact zeros

type Props = {
  readonly rows: readonly LadderRow[];
  readonly metric: Metric;
  readonly atol: number;
  readonly columns: readonly Column[];
  readonly slots: Slots;
  readonly width: number;
  readonly height: number;
  readonly index: number; // of the chosen row
};

/** Draws the plot in `width` × `height` CSS pixels. */
export function LadderMarks({ rows, metric, atol, columns, slots, width, height, index }: Props) {
  const values = rows.map((row) => metricOf(row.summary, metric));
  const own = rows.map(({ local }) => (local ? metricOf(local, metric) : 0));
  const band = metric === 'maxAbs' ? atol : null; // rtol and the other metrics have no one line
  const decades = decadesOf([...values, ...own], band);
  const zeroY = height - MARGIN.bottom - 5;
  const bottom = zeroY - ZERO_LANE;
  const x = (at: number) => MARGIN.left + slots.left(at) + slots.slotWidth / 2;
  const y = (value: number) => (value === 0 || !decades ? zeroY : heightOf(value, decades, MARGIN.top, bottom));
  const firstFailing = rows.findIndex((row) => row.summary.verdict === 'outside');
  return (
    <svg className="ladder-svg" width={width} height={height} aria-hidden="true">
      {decades ? <Axis {...{ decades, band, width, bottom }} /> : null}
      <text className="ladder-label" x={MARGIN.left - 8} y={zeroY + 3.5} textAnchor="end">
        0
      </text>
      <line className="ladder-zero" x1={MARGIN.left} x2={width - MARGIN.right} y1={zeroY} y2={zeroY} />
      {columns.map((column) => (
        <BlockLabel key={column.first} {...{ column, slots, height }} />
      ))}
      {index >= 0 ? (
        <line className="ladder-chosen" x1={x(index)} x2={x(index)} y1={4} y2={height - MARGIN.bottom} />
      ) : null}
      <polyline className="ladder-stream" points={streamPoints(rows, values, x, y)} />
      {rows.map((row, at) => {
        const value = values[at] ?? 0;
        const half = Math.max(1, Math.min(6, slots.slotWidth * 0.42));
        return (
          <g
            key={row.hook}
            className="ladder-mark"
            data-verdict={row.summary.verdict}
            data-chosen={at === index || undefined}
          >
            {value === 0 ? null : <line className="ladder-stem" x1={x(at)} x2={x(at)} y1={y(value)} y2={zeroY} />}
            <line className="ladder-tick" x1={x(at) - half} x2={x(at) + half} y1={y(value)} y2={y(value)} />
            {own[at] ? (
              <circle
                className="ladder-local"
                data-verdict={row.local?.verdict}
                cx={x(at)}
                cy={y(own[at])}
                r={Math.max(1.75, half * 0.6)}
              />
            ) : null}
          </g>
        );
      })}
      {firstFailing >= 0 ? <Flag x={x(firstFailing)} y={y(values[firstFailing] ?? 0)} /> : null}
      {decades && band ? (
        <text
          className="ladder-label ladder-tolerance-label"
          x={width - MARGIN.right - 4}
          y={y(band) - 4}
          textAnchor="end"
        >
          atol {formatFigure(band, 2)}
        </text>
      ) : null}
    </svg>
  );
}

function Axis({
  decades,
  band,
  width,
  bottom,
}: {
  decades: Decades;
  band: number | null;
  width: number;
  bottom: number;
}) {
  const y = (value: number) => heightOf(value, decades, MARGIN.top, bottom);
  const ticks = decadeTicks(decades, Math.max(2, Math.floor((bottom - MARGIN.top) / 22)));
  return (
    <>
      {band ? (
        <>
          <rect
            className="ladder-band"
            x={MARGIN.left}
            y={y(band)}
            width={width - MARGIN.left - MARGIN.right}
            height={Math.max(0, bottom + ZERO_LANE - y(band))}
          />
          <line className="ladder-tolerance" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(band)} y2={y(band)} />
        </>
      ) : null}
      {ticks.map((power) => (
        <g key={power}>
          <line
            className="ladder-decade"
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(10 ** power)}
            y2={y(10 ** power)}
          />
          <text className="ladder-label" x={MARGIN.left - 8} y={y(10 ** power) + 3.5} textAnchor="end">
            {power >= 0 && power < 4 ? 10 ** power : `1e${String(power).replace('-', '−')}`}
          </text>
        </g>
      ))}
    </>
  );
}

function BlockLabel({ column, slots, height }: { column: Column; slots: Slots; height: number }) {
  const left = MARGIN.left + slots.left(column.first);
  const span = slots.slotWidth * column.count;
  const isNarrow = span < 46;
  const text = isNarrow ? column.title.replace('block ', '') : column.title;
  const isEnd = isNarrow && column.first === 0; // 'embed' is wider than its hook: to the left of it there is room
  return (
    <>
      <line
        className="ladder-bracket"
        x1={left}
        x2={left + span}
        y1={height - MARGIN.bottom + 2}
        y2={height - MARGIN.bottom + 2}
      />
      <text
        className="ladder-label"
        x={isEnd ? left + span : left + span / 2}
        y={height - 5}
        textAnchor={isEnd ? 'end' : 'middle'}
      >
        {text}
      </text>
    </>
  );
}

function Flag({ x, y }: { x: number; y: number }) {
  return <path className="ladder-flag" d={`M${x} ${y - 3}v-13h8l-2 3 2 3h-8`} />;
}

function streamPoints(
  rows: readonly LadderRow[],
  values: readonly number[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  return rows
    .flatMap((row, at) =>
      parseHookName(row.hook)?.hook.startsWith('hook_resid') ? [`${x(at)},${y(values[at] ?? 0)}`] : [],
    )
    .join(' ');
}
