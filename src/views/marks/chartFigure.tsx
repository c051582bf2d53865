// A chart as a figure: the very marks that the page draws, at a size of their own, with ticks and a title on each axis and a key to
// what is drawn.
import type { ReactNode } from 'react';
import type { FigurePlot } from './figure.ts';
import { drawnFigure } from './figureStage.tsx';

/** What a mark stands for. It is drawn within 12 × 12 units, on a baseline at 0. */
export type ChartKey = { readonly words: string; readonly mark: ReactNode };

export type ChartTick = { readonly at: number; readonly words: string }; // at: units from the marks' own origin

export type Chart = {
  readonly title?: string; // where a figure has several charts
  readonly marks: ReactNode; // from (0, 0) on, drawn by the page's own stylesheets
  readonly width: number;
  readonly height: number;
  readonly plotLeft: number; // where within the marks the plot begins; keys are aligned with it
  readonly xTitle: string | null; // null: the marks have titles of their own
  readonly yTitle: string | null;
  readonly xTicks?: readonly ChartTick[]; // where the marks have none
  readonly keys: readonly ChartKey[];
};

const AXIS = 20; // left of the marks: the title of their axis
const ABOVE = 22; // the chart's own title
const BENEATH = 44; // the title of the other axis, and the keys
const TICKS = 14;
const CHARACTER_WIDTH = 5.5; // of a label
const KEY_ROOM = 32; // of a mark, and between two keys

/** Draws the plot of a chart's figure. Needs the page: its stylesheets give the colours. */
export function chartFigure(chart: Chart): FigurePlot {
  const { width, height } = sizeOf(chart);
  return drawnFigure(<ChartSheet {...chart} />, width, height);
}

/** The chart with all that a figure adds to its marks. */
export function ChartSheet(chart: Chart) {
  const { title, marks, plotLeft, xTitle, yTitle, xTicks = [], keys } = chart;
  const { width, height } = sizeOf(chart);
  const top = title === undefined ? 0 : ABOVE;
  const bottom = top + chart.height + (xTicks.length > 0 ? TICKS : 0);
  return (
    <svg width={width} height={height} aria-hidden="true">
      {title === undefined ? null : (
        <text className="figure-title" x={AXIS + plotLeft} y={10}>
          {title}
        </text>
      )}
      <g transform={`translate(${AXIS} ${top})`}>
        {marks}
        {xTicks.map(({ at, words }) => (
          <text key={at} className="figure-label" x={at} y={chart.height + 12} textAnchor="middle">
            {words}
          </text>
        ))}
      </g>
      {yTitle === null ? null : (
        <text
          className="figure-label"
          transform={`translate(12 ${top + chart.height / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          {yTitle}
        </text>
      )}
      {xTitle === null ? null : (
        <text className="figure-label" x={AXIS + (plotLeft + chart.width) / 2} y={bottom + 12} textAnchor="middle">
          {xTitle}
        </text>
      )}
      <g transform={`translate(${AXIS + plotLeft} ${bottom + 32})`}>
        {keys.map(({ words, mark }, at) => (
          <g key={words} transform={`translate(${leftOf(keys, at)} 0)`}>
            {mark}
            <text className="figure-label" x={18}>
              {words}
            </text>
          </g>
        ))}
      </g>
    </svg>
  );
}

function sizeOf({ title, width, height, xTicks = [] }: Chart) {
  const beside = (title === undefined ? 0 : ABOVE) + (xTicks.length > 0 ? TICKS : 0) + BENEATH;
  return { width: AXIS + width, height: height + beside };
}

function leftOf(keys: readonly ChartKey[], nth: number): number {
  return keys.slice(0, nth).reduce((sum, { words }) => sum + KEY_ROOM + CHARACTER_WIDTH * words.length, 0);
}
