// The head grid as a figure: the sheet of cells, brackets over the heads that share a KV head, the legend. Pure; the sheet comes as an
// image.
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { GRID_LEFT, GRID_TOP, gridFigure } from '../marks/gridFigure.ts';
import { LEGEND_HEIGHT, legendMarkup } from '../marks/legendFigure.ts';
import type { Texture } from '../marks/textures.ts';
import type { ValueScale } from '../marks/valueScale.ts';

const WIDTH = 640; // of the sheet
const LEAST_WIDTH = 480; // of the whole: the legend's
const ABOVE_LEGEND = 18;

type Request = {
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly scale: ValueScale;
  readonly textures: readonly Texture[];
  readonly image: string; // the sheet as a data: URL
  readonly ink: FigureInk;
};

/** Chooses the side of a cell in the figure, in units of the SVG. */
export function figureCell(nHeads: number): number {
  return Math.max(12, Math.min(72, Math.floor(WIDTH / nHeads)));
}

/** Draws the plot of a head grid's figure. */
export function headsFigure({ nLayers, nHeads, nKeyValueHeads, scale, textures, image, ink }: Request): FigurePlot {
  const cell = figureCell(nHeads);
  const sheet = gridFigure({
    nRows: nLayers,
    nColumns: nHeads,
    cell: { width: cell, height: cell },
    rowTitle: 'layer',
    columnTitle: 'head; brackets join those that share a key/value head',
    image,
    ink,
  });
  const span = (nHeads / nKeyValueHeads) * cell;
  const brackets = Array.from({ length: nKeyValueHeads }, (_, group) => {
    const left = GRID_LEFT + group * span + 3;
    return `<path d="M${left} ${GRID_TOP - 18}v-5h${span - 6}v5" fill="none" stroke="${ink.line}"/>`;
  });
  const legendTop = sheet.height + ABOVE_LEGEND;
  const legend = `<g transform="translate(0 ${legendTop})">${legendMarkup(scale, textures, ink)}</g>`;
  return {
    markup: [sheet.markup, ...brackets, legend].join(''),
    width: Math.max(LEAST_WIDTH, sheet.width),
    height: legendTop + LEGEND_HEIGHT,
  };
}
