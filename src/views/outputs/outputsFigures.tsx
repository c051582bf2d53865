// The figures of the Outputs: the likeliest next tokens of both runs, and both predictions along the prompt. Pure.
import type { NextTokens, Predictions, Standing, ViewToken } from '../data.ts';
import { formatFigure, formatProbability, formatSigned } from '../format.ts';
import type { Chart } from '../marks/chartFigure.tsx';
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { type FigureCell, type FigureColumn, tableFigure } from '../marks/tableFigure.ts';
import { shortToken, visibleToken } from '../tokenText.ts';
import { positionScale, TREND_MARGIN, TrendMarks } from './PositionTrend.tsx';
import { rankChange } from './rankChange.ts';
import './outputs.css';

const BAR = 150;

/** Draws the table of next tokens. */
export function nextTokensFigure({ rows }: NextTokens, ink: FigureInk): FigurePlot {
  const sides = (['a', 'b'] as const).filter((side) => rows.some((row) => row[side]));
  const isPair = sides.length === 2;
  const columns: readonly FigureColumn[] = [
    { title: 'next token', width: 140 },
    ...sides.map((side) => ({ title: `probability ${side.toUpperCase()}`, width: BAR })),
    { title: `logit ${sides[0]?.toUpperCase()}`, width: 90, isNumber: true },
    ...(isPair
      ? [
          { title: 'B − A', width: 90, isNumber: true },
          { title: 'rank', width: 80, isNumber: true },
        ]
      : []),
  ];
  const bar = (standing: Standing | null, side: 'a' | 'b'): FigureCell => ({
    kind: 'bar',
    from: 0,
    to: standing?.probability ?? 0,
    colour: side === 'a' ? ink.runA : ink.runB,
    text: standing ? formatProbability(standing.probability) : '–',
  });
  const lines = rows.map(({ token, a, b }): readonly FigureCell[] => [
    { kind: 'text', text: visibleToken(token), isToken: true },
    ...sides.map((side) => bar(side === 'a' ? a : b, side)),
    { kind: 'number', text: formatFigure((a ?? b)?.logit ?? Number.NaN, 5) },
    ...(isPair
      ? [
          { kind: 'number', text: a && b ? formatSigned(b.logit - a.logit) : '–' } as const,
          { kind: 'number', text: a && b ? rankChange(a.rank, b.rank) : '–' } as const,
        ]
      : []),
  ]);
  return tableFigure({ columns, rows: lines, ink });
}

const WIDTH = 720;
const HEIGHT = 140;
const LABEL = 44; // room for a token beneath its position
const KEYS = {
  a: { words: 'run A', mark: <polyline className="trend-line" data-side="a" points="0,-4 12,-4" /> },
  b: { words: 'run B', mark: <polyline className="trend-line" data-side="b" points="0,-4 12,-4" /> },
} as const;

type Trends = {
  readonly predictions: Predictions;
  readonly tokens: readonly ViewToken[]; // [pos]
  readonly pairName: string; // 'logit of ·Mary − logit of ·John'
};

/** KL and logit difference by position as charts; none that was not asked for. */
export function trendCharts({ predictions, tokens, pairName }: Trends): readonly Chart[] {
  const { kl, differenceA, differenceB } = predictions;
  const nPos = tokens.length;
  const x = positionScale(nPos, WIDTH);
  const every = Math.max(1, Math.ceil((LABEL * nPos) / WIDTH));
  const xTicks = tokens.flatMap((token, at) => (at % every === 0 ? [{ at: x(at), words: shortToken(token, 8) }] : []));
  const chart = (title: string, yTitle: string, series: Parameters<typeof TrendMarks>[0]['series']): Chart => ({
    title,
    marks: <TrendMarks {...{ series, nPos }} position={null} width={WIDTH} height={HEIGHT} />,
    width: WIDTH,
    height: HEIGHT,
    plotLeft: TREND_MARGIN.left,
    xTitle: 'position, by its token',
    yTitle,
    xTicks,
    keys: series.map(({ side }) => KEYS[side]),
  });
  const differences = [
    ...(differenceA ? [{ side: 'a' as const, values: differenceA }] : []),
    ...(differenceB ? [{ side: 'b' as const, values: differenceB }] : []),
  ];
  return [
    ...(kl ? [chart('KL(A‖B)', 'nats', [{ side: 'b', values: kl }])] : []),
    ...(differences.length > 0 ? [chart(pairName, 'logit difference', differences)] : []),
  ];
}
