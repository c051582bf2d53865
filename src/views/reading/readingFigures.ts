// The figures of the Reading: direct logit attribution, the logit lens, the circuits of a head. Pure.
import { formatFigure, formatProbability, formatSigned } from '../format.ts';
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { plotsBeside } from '../marks/plots.ts';
import { type FigureCell, tableFigure } from '../marks/tableFigure.ts';
import { visibleToken } from '../tokenText.ts';
import type { CircuitsReading, PairRow, PredictionReading } from './data.ts';
import { placeOf, SHOWN } from './LensTable.tsx';
import { rankedParts } from './ranked.ts';

/** Draws the parts of a logit as bars from zero in the middle, the largest first. */
export function attributionFigure({ attribution }: PredictionReading, ink: FigureInk): FigurePlot {
  const { shown, largest, rest } = rankedParts(attribution);
  const row = (name: string, logit: number, share: number | null): readonly FigureCell[] => [
    { kind: 'text', text: name },
    { kind: 'bar', from: 0.5, to: 0.5 + (share ?? 0) / 2, colour: logit < 0 ? ink.line : ink.ink },
    { kind: 'number', text: formatSigned(logit) },
  ];
  return tableFigure({
    columns: [
      { title: 'part of the stream', width: 150 },
      { title: '− lowers, raises +; 0 in the middle', width: 360 },
      { title: 'logit', width: 100, isNumber: true },
    ],
    rows: [
      ...shown.map(({ name, logit }) => row(name, logit, logit / largest)),
      ...(rest ? [row(`${rest.count} more`, rest.logit, null)] : []),
      row('sum', attribution.sum, null),
    ],
    ink,
  });
}

/** Draws the likeliest tokens after each block, and how the chosen ones stand. */
export function lensFigure({ lens, tokens }: PredictionReading, ink: FigureInk): FigurePlot {
  return tableFigure({
    columns: [
      { title: 'stream', width: 100 },
      ...Array.from({ length: SHOWN }, (_, at) => ({ title: at === 0 ? 'likeliest, probability' : '', width: 170 })),
      ...tokens.map((token) => ({ title: `${visibleToken(token)}: rank, p`, width: 150, isNumber: true })),
    ],
    rows: lens.map(({ hook, top, chosen }) => [
      { kind: 'text', text: placeOf(hook) },
      ...Array.from({ length: SHOWN }, (_, at): FigureCell => {
        const found = top[at];
        if (!found) return { kind: 'text', text: '' };
        const text = `${visibleToken(found.token)} ${formatProbability(found.probability)}`;
        return { kind: 'bar', from: 0, to: found.probability, colour: ink.runA, text };
      }),
      ...chosen.map(
        ({ rank, probability }): FigureCell => ({
          kind: 'number',
          text: `${rank + 1}, ${formatProbability(probability)}`,
        }),
      ),
    ]),
    ink,
  });
}

/** Draws the strongest pairs of a head's QK and OV circuits. */
export function circuitsFigure({ circuits }: CircuitsReading, ink: FigureInk): FigurePlot {
  const table = (title: string, heads: readonly [string, string], rows: readonly PairRow[]) =>
    tableFigure({
      title,
      columns: [
        { title: heads[0], width: 130 },
        { title: heads[1], width: 130 },
        { title: 'score', width: 90, isNumber: true },
      ],
      rows: rows.map(({ from, to, score }) => [
        { kind: 'text', text: visibleToken(from), isToken: true },
        { kind: 'text', text: visibleToken(to), isToken: true },
        { kind: 'number', text: formatFigure(score) },
      ]),
      ink,
    });
  return plotsBeside([
    table('QK circuit', ['query', 'key'], circuits.qk),
    table('OV circuit', ['attended', 'raised'], circuits.ov),
  ]);
}
