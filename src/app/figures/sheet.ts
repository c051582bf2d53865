// A figure of the page before it is composed: what it shows, and what the reader must know to read it. Provenance is added to all alike.
import type { SessionState } from '../../session/state.ts';
import type { FigureInk, FigurePlot } from '../../views/marks/figure.ts';

export type Sheet = {
  readonly title: string;
  readonly plot: FigurePlot;
  readonly caption: readonly string[]; // a paragraph each
  readonly ran?: string; // what was run, where that is not the run that is shown
};

/** The page's colours as they are now: a figure looks like what it was taken from. */
export function inkOfPage(): FigureInk {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    paper: read('--surface'),
    ink: read('--ink'),
    quiet: read('--ink-3'),
    line: read('--line-strong'),
    mask: read('--mask'),
    zero: read('--zero-paper'),
    nan: read('--nan'),
    runA: read('--run-a'),
    runB: read('--run-b'),
    good: read('--good'),
  };
}

export type Shown = NonNullable<SessionState['shown']>;
