// The figures of the Inspector: the histogram of both runs, error against magnitude, distances in ULP. The marks are those of the panel. Pure.
import type { ErrorField, Histogram, Tolerance, UlpBin } from '../../engine/index.ts';
import { formatCount, formatFigure } from '../format.ts';
import type { Chart, ChartKey } from '../marks/chartFigure.tsx';
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { tableFigure } from '../marks/tableFigure.ts';
import { ErrorFieldMarks, FIELD_MARGIN } from './ErrorField.tsx';
import { HistogramMarks, mostOf } from './HistogramBars.tsx';
import { rangeOf } from './UlpBars.tsx';
import './inspector.css';

const WIDTH = 640;
const HISTOGRAM_HEIGHT = 200;
const FIELD_HEIGHT = 340;
const COUNTS = 56; // room for the numbers of the elements' axis

/** The histogram as a chart. */
export function histogramChart(histogram: Histogram): Chart {
  const [low, high] = [histogram.edges[0] ?? 0, histogram.edges.at(-1) ?? 0];
  const values = low < 0 && high > 0 ? [low, 0, high] : [low, high];
  const most = mostOf(histogram);
  const counts = [...new Set([most, Math.round(most / 4), 0])]; // a quarter of the elements stands half as high
  const rise = (count: number) => HISTOGRAM_HEIGHT * (1 - Math.sqrt(count / most));
  const marks = (
    <>
      {counts.map((count) => (
        <text key={count} className="figure-label" x={COUNTS - 6} y={rise(count) + 4} textAnchor="end">
          {formatCount(count)}
        </text>
      ))}
      <path className="figure-axis" d={`M${COUNTS} 0V${HISTOGRAM_HEIGHT}H${WIDTH}`} />
      <g transform={`translate(${COUNTS} 0)`}>
        <HistogramMarks histogram={histogram} width={WIDTH - COUNTS} height={HISTOGRAM_HEIGHT} />
      </g>
    </>
  );
  return {
    marks,
    width: WIDTH,
    height: HISTOGRAM_HEIGHT,
    plotLeft: COUNTS,
    xTitle: `value, in ${histogram.edges.length - 1} bins`,
    yTitle: 'elements (height: square root)',
    xTicks: values.map((value) => ({
      at: COUNTS + ((value - low) / (high - low || 1)) * (WIDTH - COUNTS),
      words: formatFigure(value),
    })),
    keys: [
      { words: 'run A', mark: <rect className="histogram-a" y={-9} width={12} height={9} /> },
      ...(histogram.b ? [{ words: 'run B', mark: <polyline className="histogram-b" points="0,-4 12,-4" /> }] : []),
    ],
  };
}

/** Error against magnitude as a chart. */
export function errorChart(field: ErrorField, tolerance: Tolerance): Chart {
  const { atol, rtol } = tolerance;
  const keys: readonly ChartKey[] = [
    {
      words: 'elements, darker: more (logarithm)',
      mark: <rect className="error-cell" y={-10} width={12} height={12} />,
    },
    { words: '2⁻²³·|a|, about one ULP', mark: <polyline className="error-ulp" points="0,-4 14,-4" /> },
    ...(atol > 0 || rtol > 0
      ? [
          {
            words: `tolerance, ${formatFigure(atol)} + ${formatFigure(rtol)}·|a|`,
            mark: <polyline className="error-rule" points="0,-4 14,-4" />,
          },
        ]
      : []),
  ];
  return {
    marks: <ErrorFieldMarks {...{ field, tolerance }} width={WIDTH} height={FIELD_HEIGHT} />,
    width: WIDTH,
    height: FIELD_HEIGHT,
    plotLeft: FIELD_MARGIN.left,
    xTitle: null,
    yTitle: null,
    keys,
  };
}

/** Draws distances in ULP as bars. */
export function ulpFigure(ulps: readonly UlpBin[], ink: FigureInk): FigurePlot {
  const most = Math.max(1, ...ulps.map(({ count }) => count));
  return tableFigure({
    columns: [
      { title: 'distance in ULP', width: 140, isNumber: true },
      { title: 'elements, longest: the fullest bin', width: 340 },
      { title: 'elements', width: 120, isNumber: true },
    ],
    rows: ulps.map((bin) => [
      { kind: 'number', text: rangeOf(bin) },
      { kind: 'bar', from: 0, to: bin.count / most, colour: bin.to === 0 ? ink.good : ink.runB },
      { kind: 'number', text: formatCount(bin.count) },
    ]),
    ink,
  });
}
