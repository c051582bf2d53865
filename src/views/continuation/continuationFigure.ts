// A continuation as a figure: what each run wrote, token by token, how likely it held each, and where the runs part. Pure.
import { formatProbability } from '../format.ts';
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { plotsBeside } from '../marks/plots.ts';
import { type FigureCell, tableFigure } from '../marks/tableFigure.ts';
import { visibleToken } from '../tokenText.ts';
import { partingOf } from './choices.ts';
import type { ContinuationView, WrittenText } from './data.ts';

const ROWS = 32; // of one column; a longer text goes on in the next

/** Draws both texts, in columns of at most 32 tokens. */
export function continuationFigure({ a, b }: Pick<ContinuationView, 'a' | 'b'>, ink: FigureInk): FigurePlot {
  const ids = (written: WrittenText | null) => written?.tokens.map(({ token }) => token) ?? null;
  const parting = partingOf(ids(a), ids(b));
  const count = Math.max(a?.tokens.length ?? 0, b?.tokens.length ?? 0);
  const first = a?.tokens[0]?.position ?? b?.tokens[0]?.position ?? 0;
  const sides = [
    { name: 'A', written: a, colour: ink.runA },
    { name: 'B', written: b, colour: ink.runB },
  ].filter(({ written }) => written !== null);
  const row = (at: number): readonly FigureCell[] => [
    { kind: 'number', text: `${first + at}${at === parting ? ' ≠' : ''}` },
    ...sides.flatMap(({ written, colour }): readonly FigureCell[] => {
      const token = written?.tokens[at];
      return [
        { kind: 'text', text: token ? visibleToken(token.token) : '', isToken: true },
        {
          kind: 'bar',
          from: 0,
          to: token?.probability ?? 0,
          colour,
          text: token ? formatProbability(token.probability) : '',
        },
      ];
    }),
  ];
  const columns = [
    { title: 'position', width: 70, isNumber: true },
    ...sides.flatMap(({ name }) => [
      { title: `token of ${name}`, width: 120 },
      { title: 'probability', width: 100 },
    ]),
  ];
  const pages = Array.from({ length: Math.max(1, Math.ceil(count / ROWS)) }, (_, page) =>
    tableFigure({
      columns,
      rows: Array.from({ length: Math.min(ROWS, count - page * ROWS) }, (_, at) => row(page * ROWS + at)),
      ink,
    }),
  );
  return plotsBeside(pages);
}
