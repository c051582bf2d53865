// Error against magnitude: where the elements lie by |a| and |b − a|, both in decades, under the rule and beside one unit in the last
// place. Noise follows the slope of the values or the floor of a sum; a bug stands apart from both.
import { useId } from 'react';
import type { ErrorField as Field, Tolerance } from '../../engine/index.ts';
import { formatCount } from '../format.ts';

const WIDTH = 320;
const HEIGHT = 170;
export const FIELD_MARGIN = { left: 46, right: 8, top: 8, bottom: 28 };

type Props = { readonly field: Field; readonly tolerance: Tolerance };

/** Plots counts as darkness, on a logarithmic scale. */
export function ErrorField({ field, tolerance }: Props) {
  const told = toldOf(field);
  return (
    <figure className="error-field">
      <figcaption>Error against magnitude</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Error against magnitude: ${told}`}>
        <ErrorFieldMarks {...{ field, tolerance }} width={WIDTH} height={HEIGHT} />
      </svg>
      <p className="quiet error-told">
        {told} {whereRuleIs(field, tolerance)} Dotted: 2⁻²³·|a|, about a unit in the last place of f32.
      </p>
    </figure>
  );
}

/** How many elements the field holds, and which it cannot: '12 elements differ; 3 do not.' */
export function toldOf({ counts, equal, apart }: Field): string {
  const differing = formatCount(counts.reduce((sum, count) => sum + count, 0));
  const beside = apart > 0 ? `; ${formatCount(apart)} have A at zero or are not finite` : '';
  return `${differing} elements differ; ${formatCount(equal)} do not${beside}.`;
}

/** Says where the tolerance's line is: it may lie beyond the decades in which there are errors. */
function whereRuleIs({ decadesX, decadesY }: Field, { atol, rtol }: Tolerance): string {
  const [least, most] = [atol + rtol * 10 ** decadesX[0], atol + rtol * 10 ** decadesX[1]];
  if (most === 0) return '';
  if (least > 10 ** decadesY[1]) return 'The tolerance lies above.';
  return most < 10 ** decadesY[0] ? 'The tolerance lies below.' : 'Dashed: the tolerance.';
}

type MarksProps = Props & { readonly width: number; readonly height: number };

/** The cells, both lines and the axes, over the whole of this size. */
export function ErrorFieldMarks({ field, tolerance, width, height }: MarksProps) {
  const { decadesX, decadesY, columns, rows, counts } = field;
  const clip = useId();
  const plot = {
    width: width - FIELD_MARGIN.left - FIELD_MARGIN.right,
    height: height - FIELD_MARGIN.top - FIELD_MARGIN.bottom,
  };
  const most = Math.max(1, ...counts);
  const x = (decade: number) => FIELD_MARGIN.left + ((decade - decadesX[0]) / (decadesX[1] - decadesX[0])) * plot.width;
  const y = (decade: number) =>
    height - FIELD_MARGIN.bottom - ((decade - decadesY[0]) / (decadesY[1] - decadesY[0])) * plot.height;
  const [cellWidth, cellHeight] = [plot.width / columns, plot.height / rows];
  const line = (errorOf: (magnitude: number) => number) =>
    Array.from({ length: 65 }, (_, i) => {
      const decade = decadesX[0] + ((decadesX[1] - decadesX[0]) * i) / 64;
      return `${x(decade)},${y(Math.log10(errorOf(10 ** decade)))}`;
    }).join(' ');
  const { atol, rtol } = tolerance;
  return (
    <>
      <clipPath id={clip}>
        <rect x={FIELD_MARGIN.left} y={FIELD_MARGIN.top} width={plot.width} height={plot.height} />
      </clipPath>
      {counts.map((count, at) => {
        if (count === 0) return null;
        const [row, column] = [Math.floor(at / columns), at % columns];
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            key={at}
            className="error-cell"
            x={FIELD_MARGIN.left + column * cellWidth}
            y={height - FIELD_MARGIN.bottom - (row + 1) * cellHeight}
            width={cellWidth + 0.3}
            height={cellHeight + 0.3}
            opacity={0.25 + 0.75 * (Math.log1p(count) / Math.log1p(most))}
          />
        );
      })}
      <g clipPath={`url(#${clip})`}>
        <polyline className="error-ulp" points={line((magnitude) => magnitude * 2 ** -23)} />
        {atol > 0 || rtol > 0 ? (
          <polyline className="error-rule" points={line((magnitude) => atol + rtol * magnitude)} />
        ) : null}
      </g>
      <Axes {...{ decadesX, decadesY, x, y, width, height }} />
    </>
  );
}

type AxesProps = Pick<Field, 'decadesX' | 'decadesY'> &
  Pick<MarksProps, 'width' | 'height'> & {
    readonly x: (decade: number) => number;
    readonly y: (decade: number) => number;
  };

function Axes({ decadesX, decadesY, x, y, width, height }: AxesProps) {
  const middle = {
    x: (FIELD_MARGIN.left + width - FIELD_MARGIN.right) / 2,
    y: (FIELD_MARGIN.top + height - FIELD_MARGIN.bottom) / 2,
  };
  return (
    <g className="error-axes">
      <path
        d={`M${FIELD_MARGIN.left},${FIELD_MARGIN.top}V${height - FIELD_MARGIN.bottom}H${width - FIELD_MARGIN.right}`}
      />
      {ticks(decadesX, 6).map((decade) => (
        <text key={decade} x={x(decade)} y={height - FIELD_MARGIN.bottom + 11} textAnchor="middle">
          {power(decade)}
        </text>
      ))}
      {ticks(decadesY, 5).map((decade) => (
        <text key={decade} x={FIELD_MARGIN.left - 4} y={y(decade) + 3} textAnchor="end">
          {power(decade)}
        </text>
      ))}
      <text x={middle.x} y={height - 3} textAnchor="middle">
        |a|
      </text>
      <text transform={`translate(8,${middle.y}) rotate(-90)`} textAnchor="middle">
        |b − a|
      </text>
    </g>
  );
}

/** Whole decades, at most so many. */
function ticks([from, to]: readonly [number, number], most: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / most));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function power(decade: number): string {
  const digits = String(Math.abs(decade)).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '');
  return `10${decade < 0 ? '⁻' : ''}${digits}`;
}
