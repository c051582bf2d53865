// Every figure that is drawn without a page is parsed: it has its axes' titles, its legend or heads, its figures, and stays in its sheet.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { elementsOf, parseXml, type XmlElement } from '../../../test/support/xml.ts';
import { continuationFigure } from '../continuation/continuationFigure.ts';
import type { ViewToken } from '../data.ts';
import { errorChart, histogramChart, ulpFigure } from '../inspector/inspectorFigures.tsx';
import { nextTokensFigure, trendCharts } from '../outputs/outputsFigures.tsx';
import { attributionFigure, circuitsFigure, lensFigure } from '../reading/readingFigures.ts';
import { mapsOf } from '../sweep/maps.ts';
import { mapsFigure } from '../sweep/mapsFigure.ts';
import { pathMapsOf } from '../sweep/pathChoices.ts';
import { type Chart, ChartSheet } from './chartFigure.tsx';
import { type FigurePlot, figureSvg } from './figure.ts';
import { INK } from './ink.node.ts';
import { plotsBelow } from './plots.ts';
import { effectScale } from './valueScale.ts';

const token = (id: number, text: string): ViewToken => ({ id, text, bytes: null, special: false });
const [mary, john, tag] = [token(1, ' Mary'), token(2, ' John'), token(3, '<b>&"')] as const;

/** The whole figure, read back. */
function readFigure(plot: FigurePlot): XmlElement {
  return parseXml(figureSvg({ title: 'T', plot, caption: ['Made by Splitscope'], ink: INK }).trim());
}

/** The chart as the page draws it before styles are written out. */
function drawn(chart: Chart): FigurePlot {
  const markup = renderToStaticMarkup(<ChartSheet {...chart} />);
  const [, width, height] = /^<svg width="([\d.]+)" height="([\d.]+)"/.exec(markup) ?? [];
  return { markup, width: Number(width), height: Number(height) };
}

const standing = (probability: number, rank: number) => ({ logit: Math.log(probability), probability, rank });
const OUTPUTS = {
  position: 2,
  rows: [
    { token: mary, a: standing(0.5, 0), b: standing(0.25, 1) },
    { token: tag, a: standing(0.25, 1), b: standing(0.5, 0) },
  ],
};
const CIRCUITS = {
  layer: 1,
  head: 7,
  circuits: {
    qk: [{ from: mary, to: john, score: 2.5 }],
    ov: [{ from: john, to: john, score: -1.25 }],
    copying: { eigenvalues: 0.5, topShare: 0.25 },
  },
};
const READING = {
  tokens: [mary, john],
  lens: [
    {
      hook: 'blocks.0.hook_resid_post',
      top: [{ token: tag, probability: 0.75 }],
      chosen: [standing(0.5, 3), standing(0.1, 4)],
    },
  ],
  attribution: {
    parts: Array.from({ length: 20 }, (_, head) => ({ name: `L0H${head}`, logit: head % 2 === 0 ? head : -head })),
    sum: -10,
    logit: -10,
    bound: 1e-5,
  },
  whyNotByHead: null,
} as const;
const written = (ids: readonly ViewToken[]) => ({
  tokens: ids.map((each, at) => ({ token: each, position: 15 + at, probability: 0.5, elapsedMs: 1, pattern: null })),
  ended: null,
});
const CELLS = [0, 1].flatMap((layer) =>
  [0, 1, 2, 3].map((head) => ({ site: 'attn.hook_z' as const, layer, head, position: null, value: layer - head })),
);
const PATHS = CELLS.map(({ layer, head, value }) => ({ sender: { kind: 'head' as const, layer, head }, value }));
const MAPS = {
  scale: effectScale('logit difference', 0, 3),
  textures: ['unmoved', 'apart'] as const,
  imageOf: (_: unknown, width: number, height: number) => `data:image/png,${width}x${height}`,
  ink: INK,
};
const SHAPE = { nLayers: 2, nHeads: 4, nPos: 3 };

const FIGURES: Readonly<Record<string, { readonly plot: () => FigurePlot; readonly words: readonly string[] }>> = {
  histogram: {
    plot: () => drawn(histogramChart({ edges: [-1, 0, 1], a: [4, 100], b: [50, 54] })),
    words: ['value, in 2 bins', 'elements (height: square root)', 'run A', 'run B', '−1', '0', '1', '100', '25'],
  },
  errors: {
    plot: () =>
      drawn(
        errorChart(
          { decadesX: [-2, 0], decadesY: [-8, -6], columns: 2, rows: 2, counts: [1, 0, 0, 9], equal: 3, apart: 0 },
          { atol: 1e-7, rtol: 0 },
        ),
      ),
    words: ['|a|', '|b − a|', '10⁻²', '10⁻⁸', 'about one ULP', 'tolerance, 1e-7'],
  },
  ulps: {
    plot: () =>
      ulpFigure(
        [
          { from: 0, to: 0, count: 1800 },
          { from: 3, to: 4, count: 2 },
        ],
        INK,
      ),
    words: ['distance in ULP', 'elements', '3–4', '1,800'],
  },
  nextTokens: {
    plot: () => nextTokensFigure(OUTPUTS, INK),
    words: ['next token', 'probability A', 'probability B', 'B − A', '·Mary', '<b>&"', '0.250', '1 → 2'],
  },
  trends: {
    plot: () =>
      plotsBelow(
        trendCharts({
          predictions: { kl: [0, 0.5, 1], differenceA: [0, 1, 2], differenceB: [0, -1, 3] },
          tokens: [mary, john, tag],
          pairName: 'logit of ·Mary − logit of ·John',
        }).map(drawn),
      ),
    words: ['KL(A‖B)', 'nats', 'position, by its token', 'logit of ·Mary − logit of ·John', 'run A', 'run B', '<b>&"'],
  },
  attribution: {
    plot: () => attributionFigure(READING, INK),
    words: ['part of the stream', 'logit', 'L0H19', '−19', '6 more', 'sum'],
  },
  lens: {
    plot: () => lensFigure(READING, INK),
    words: ['stream', 'likeliest, probability', '·Mary: rank, p', 'after 0', '<b>&" 0.750', '4, 0.500'],
  },
  circuits: {
    plot: () => circuitsFigure(CIRCUITS, INK),
    words: ['QK circuit', 'OV circuit', 'query', 'key', 'attended', 'raised', '2.5', '−1.25'],
  },
  sweep: {
    plot: () => mapsFigure({ ...MAPS, maps: mapsOf(['attn.hook_z'], CELLS, SHAPE) }),
    words: ['z of each head; head', 'layer', 'logit difference · middle: unedited', 'moves no bit', '3'],
  },
  paths: {
    plot: () => mapsFigure({ ...MAPS, maps: pathMapsOf(PATHS, SHAPE) }),
    words: ['result of each head; head', 'output of each MLP; all positions', 'no path, or not asked'],
  },
  continuation: {
    plot: () => continuationFigure({ a: written([mary, john]), b: written([mary, tag]) }, INK),
    words: ['position', 'token of A', 'token of B', 'probability', '16 ≠', '·John', '<b>&"'],
  },
};

test.each(Object.entries(FIGURES))('the figure of %s is well-formed and tells what it shows', (_, { plot, words }) => {
  const figure = readFigure(plot());
  const texts = elementsOf(figure, 'text').map(({ text }) => text);
  for (const word of [...words, 'Made by Splitscope']) expect(texts.join('\n')).toContain(word);
});

test.each(Object.entries(FIGURES))('the rectangles and images of %s stay within its plot', (_, { plot }) => {
  const made = plot();
  const within = (element: XmlElement, left: number, top: number): void => {
    const [, dx = 0, dy = 0] = (/^translate\(([-\d.]+) ([-\d.]+)\)/.exec(element.attributes.transform ?? '') ?? []).map(
      Number,
    );
    const { x = '0', y = '0', width, height } = element.attributes;
    if (width !== undefined && height !== undefined) {
      expect(left + dx + Number(x)).toBeGreaterThanOrEqual(0);
      expect(left + dx + Number(x) + Number(width)).toBeLessThanOrEqual(made.width + 1);
      expect(top + dy + Number(y) + Number(height)).toBeLessThanOrEqual(made.height + 1);
    }
    for (const child of element.children) within(child, left + dx, top + dy);
  };
  within(parseXml(`<g>${made.markup}</g>`), 0, 0);
});

test('a bar is as long as what it stands for', () => {
  const widths = elementsOf(readFigure(nextTokensFigure(OUTPUTS, INK)), 'rect')
    .filter(({ attributes }) => attributes['fill-opacity'] === '0.35')
    .map(({ attributes }) => Number(attributes.width));
  expect(widths.map((width) => width / (widths[0] ?? 1))).toEqual([1, 0.5, 0.5, 1]);
});

test('a long continuation goes on in a further column, and no token is lost', () => {
  const long = written(Array.from({ length: 70 }, (_, at) => token(at, `t${at}`)));
  const texts = elementsOf(readFigure(continuationFigure({ a: long, b: null }, INK)), 'text').map(({ text }) => text);
  expect(texts.filter((text) => text === 'token of A')).toHaveLength(3);
  for (let at = 0; at < 70; at++) expect(texts).toContain(`t${at}`);
});
