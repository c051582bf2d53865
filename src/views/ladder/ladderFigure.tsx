// The ladder as a figure: the marks of the page drawn at a fixed size beside it, with the styles that the page gives them written out.
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { HookName, LadderRow } from '../../engine/index.ts';
import type { FigurePlot } from '../marks/figure.ts';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, type Metric, slotsOf } from './layout.ts';

const WIDTH = 960;
const HEIGHT = 320;
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
      root.render(<LadderMarks {...{ rows, metric, atol, columns, slots, width: WIDTH, height: HEIGHT, index }} />),
    );
    const svg = stage.querySelector('svg');
    if (!svg) throw new Error('internal: the ladder drew no svg');
    for (const element of svg.querySelectorAll('*')) writeStyles(element);
    return { markup: new XMLSerializer().serializeToString(svg), width: WIDTH, height: HEIGHT };
  } finally {
    root.unmount();
    stage.remove();
  }
}

function writeStyles(element: Element): void {
  const style = getComputedStyle(element);
  for (const property of STYLES) element.setAttribute(property, style.getPropertyValue(property));
  element.removeAttribute('class');
}
