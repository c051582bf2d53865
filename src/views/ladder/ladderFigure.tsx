// The ladder as a figure: the marks of the page drawn at a fixed size, with axis titles and a legend.
import type { HookName, LadderRow, Verdict } from '../../engine/index.ts';
import type { FigurePlot } from '../marks/figure.ts';
import { drawnFigure } from '../marks/figureStage.tsx';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, METRICS, type Metric, metricOf, slotsOf } from './layout.ts';

const WIDTH = 960;
const HEIGHT = 320;
const AXIS = 20; // room for the title of the metric's axis
const BENEATH = 44; // room for the title of the hooks' axis and the legend
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
  const hasOwn = rows.some(({ local }) => local !== null && metricOf(local, metric) > 0);
  const svg = (
    <svg width={AXIS + WIDTH} height={HEIGHT + BENEATH} aria-hidden="true">
      <g transform={`translate(${AXIS} 0)`}>
        <LadderMarks {...{ rows, metric, atol, columns, slots, width: WIDTH, height: HEIGHT, index }} />
      </g>
      <AxisTitles metric={metric} />
      <g transform={`translate(${AXIS + MARGIN.left} ${HEIGHT + 32})`}>
        <Legend
          verdicts={new Set(rows.map(({ summary }) => summary.verdict))}
          hasOwn={hasOwn}
          chosen={index >= 0 ? selected : null}
        />
      </g>
    </svg>
  );
  return drawnFigure(svg, AXIS + WIDTH, HEIGHT + BENEATH);
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
const CHARACTER_WIDTH = 5.5; // of a label
const KEY_ROOM = 32; // of a mark, and between two keys

type LegendProps = {
  readonly verdicts: ReadonlySet<Verdict>;
  readonly hasOwn: boolean; // some operation differs by itself
  readonly chosen: HookName | null;
};

/** What each mark stands for; only those that are drawn. */
function Legend({ verdicts, hasOwn, chosen }: LegendProps) {
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
    ...(hasOwn ? [{ words: 'by itself', mark: <circle className="ladder-local" cx={6} cy={-4} r={3.5} /> }] : []),
    { words: 'residual stream', mark: <polyline className="ladder-stream" points="0,-1 12,-7" /> },
    ...(verdicts.has('outside')
      ? [{ words: 'first outside', mark: <path className="ladder-flag" d="M2 2v-13h8l-2 3 2 3h-8" /> }]
      : []),
    ...(chosen ? [{ words: chosen, mark: <line className="ladder-chosen" x1={6} x2={6} y1={-10} y2={2} /> }] : []),
  ];
  const left = (at: number) =>
    keys.slice(0, at).reduce((sum, { words }) => sum + KEY_ROOM + CHARACTER_WIDTH * words.length, 0);
  return keys.map(({ words, mark }, at) => (
    <g key={words} transform={`translate(${left(at)} 0)`}>
      {mark}
      <text className="ladder-label" x={18}>
        {words}
      </text>
    </g>
  ));
}
