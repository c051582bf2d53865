// The ladder as a figure: the marks of the page drawn at a fixed size beside it, with axis titles and a legend, and with the styles that
// the page gives them written out.
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { HookName, LadderRow, Verdict } from '../../engine/index.ts';
import type { FigurePlot } from '../marks/figure.ts';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, METRICS, type Metric, slotsOf } from './layout.ts';

const WIDTH = 960;
const HEIGHT = 320;
const AXIS = 20; // room for the title of the metric's axis
const BENEATH = 44; // room for the title of the hooks' axis and the legend
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'font-size',
  'text-anchor',
] as const;

type Request = {
  readonly rows: readonly LadderRow[];
  readonly metric: Metric;
  readonly atol: number;
  readonly selected: HookName;
};

/** Draws the plot of a ladder figure; the document's stylesheets give its colours. */
export function ladderFigure({ rows, metric, atol, selected }: Request): FigurePlot {
  const columns = columnsOf(rows.map((row) => row.hook));
  const slots = slotsOf(columns, WIDTH - MARGIN.left - MARGIN.right);
  const index = rows.findIndex((row) => row.hook === selected);
  const stage = document.createElement('div');
  stage.className = 'figure-stage';
  document.body.append(stage);
  const root = createRoot(stage);
  try {
    flushSync(() =>
      root.render(
        <svg width={AXIS + WIDTH} height={HEIGHT + BENEATH} aria-hidden="true">
          <g transform={`translate(${AXIS} 0)`}>
            <LadderMarks {...{ rows, metric, atol, columns, slots, width: WIDTH, height: HEIGHT, index }} />
          </g>
          <AxisTitles metric={metric} />
          <g transform={`translate(${AXIS + MARGIN.left} ${HEIGHT + 32})`}>
            <Legend
              verdicts={new Set(rows.map(({ summary }) => summary.verdict))}
              chosen={index >= 0 ? selected : null}
            />
          </g>
        </svg>,
      ),
    );
    const svg = stage.querySelector('svg');
    if (!svg) throw new Error('internal: the ladder drew no svg');
    for (const element of svg.querySelectorAll('*')) writeStyles(element);
    return { markup: new XMLSerializer().serializeToString(svg), width: AXIS + WIDTH, height: HEIGHT + BENEATH };
  } finally {
    root.unmount();
    stage.remove();
  }
}

function AxisTitles({ metric }: { readonly metric: Metric }) {
  const label = METRICS.find(({ id }) => id === metric)?.label;
  return (
    <>
      <text className="ladder-label" transform={`translate(12 ${HEIGHT / 2}) rotate(-90)`} textAnchor="middle">
        {label} of B against A
      </text>
      <text className="ladder-label" x={AXIS + WIDTH / 2} y={HEIGHT + 12} textAnchor="middle">
        hooks, in running order
      </text>
    </>
  );
}

const WORDS = { 'bit-identical': 'bit-identical', within: 'within tolerance', outside: 'outside tolerance' } as const;
const KEY_WIDTH = 140;

/** What each mark stands for; only those that are drawn. */
function Legend({ verdicts, chosen }: { readonly verdicts: ReadonlySet<Verdict>; readonly chosen: HookName | null }) {
  const ofVerdicts = (['bit-identical', 'within', 'outside'] as const).filter((verdict) => verdicts.has(verdict));
  const keys = [
    ...ofVerdicts.map((verdict) => ({
      words: WORDS[verdict],
      mark: (
        <g className="ladder-mark" data-verdict={verdict}>
          <line className="ladder-tick" x1={0} x2={12} y1={-4} y2={-4} />
        </g>
      ),
    })),
    { words: 'residual stream', mark: <polyline className="ladder-stream" points="0,-1 12,-7" /> },
    ...(verdicts.has('outside')
      ? [{ words: 'first outside', mark: <path className="ladder-flag" d="M2 2v-13h8l-2 3 2 3h-8" /> }]
      : []),
    ...(chosen ? [{ words: chosen, mark: <line className="ladder-chosen" x1={6} x2={6} y1={-10} y2={2} /> }] : []),
  ];
  return keys.map(({ words, mark }, at) => (
    <g key={words} transform={`translate(${at * KEY_WIDTH} 0)`}>
      {mark}
      <text className="ladder-label" x={18}>
        {words}
      </text>
    </g>
  ));
}

function writeStyles(element: Element): void {
  const style = getComputedStyle(element);
  for (const property of STYLES) element.setAttribute(property, style.getPropertyValue(property));
  element.removeAttribute('class');
}
