// The ladder as a figure: the marks of the page, and a key to those that are drawn.
import type { HookName, LadderRow, Verdict } from '../../engine/index.ts';
import { type ChartKey, chartFigure } from '../marks/chartFigure.tsx';
import type { FigurePlot } from '../marks/figure.ts';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, METRICS, type Metric, metricOf, slotsOf } from './layout.ts';

const WIDTH = 960;
const HEIGHT = 320;

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
  return chartFigure({
    marks: <LadderMarks {...{ rows, metric, atol, columns, slots, width: WIDTH, height: HEIGHT, index }} />,
    width: WIDTH,
    height: HEIGHT,
    plotLeft: MARGIN.left,
    xTitle: 'hooks, in running order',
    yTitle: `${METRICS.find(({ id }) => id === metric)?.label} of B against A`,
    keys: keysOf({
      verdicts: new Set(rows.map(({ summary }) => summary.verdict)),
      hasOwn: rows.some(({ local }) => local !== null && metricOf(local, metric) > 0),
      chosen: index >= 0 ? selected : null,
    }),
  });
}

const WORDS = { 'bit-identical': 'bit-identical', within: 'within tolerance', outside: 'outside tolerance' } as const;

type Drawn = {
  readonly verdicts: ReadonlySet<Verdict>;
  readonly hasOwn: boolean; // some operation differs by itself
  readonly chosen: HookName | null;
};

/** What each mark stands for; only those that are drawn. */
function keysOf({ verdicts, hasOwn, chosen }: Drawn): readonly ChartKey[] {
  const ofVerdicts = (['bit-identical', 'within', 'outside'] as const).filter((verdict) => verdicts.has(verdict));
  return [
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
}
