// One head's matrix as a figure: the raster, the tokens on both axes with their titles, the legend. Pure; the raster comes as an image.
import type { ViewToken } from '../data.ts';
import { escapeXml, type FigureInk, type FigurePlot } from '../marks/figure.ts';
import { LEGEND_HEIGHT, legendMarkup } from '../marks/legendFigure.ts';
import { shortToken } from '../tokenText.ts';
import { type Cells, texturesOf } from './cells.ts';

const AXIS = 96; // room for tokens
const LABEL_STEP = 13; // least distance of two labels
export const FIGURE_SIDE = 560; // of the square

type Request = {
  readonly cells: Cells;
  readonly tokens: readonly ViewToken[]; // [pos]
  readonly image: string; // the square as a data: URL
  readonly ink: FigureInk;
};

/** Draws the plot of a pattern figure. */
export function patternFigure({ cells, tokens, image, ink }: Request): FigurePlot {
  const step = FIGURE_SIDE / Math.max(1, cells.nPos);
  const every = Math.max(1, Math.ceil(LABEL_STEP / step));
  const labelled = tokens.flatMap((token, position) => (position % every === 0 ? [{ token, position }] : []));
  const labels = labelled.map(({ token, position }) => {
    const centre = AXIS + (position + 0.5) * step;
    const text = escapeXml(shortToken(token, 10));
    return (
      `<text x="${AXIS - 6}" y="${centre + 3.5}" text-anchor="end">${text}</text>` +
      `<text transform="translate(${centre + 3.5} ${AXIS - 6}) rotate(-90)">${text}</text>`
    );
  });
  const middle = AXIS + FIGURE_SIDE / 2;
  const markup = [
    `<g fill="${ink.quiet}" font-family="ui-monospace, 'Liberation Mono', Menlo, monospace">${labels.join('')}</g>`,
    `<text x="${middle}" y="10" text-anchor="middle" fill="${ink.ink}">key position</text>`,
    `<text transform="translate(10 ${middle}) rotate(-90)" text-anchor="middle" fill="${ink.ink}">query position</text>`,
    `<image x="${AXIS}" y="${AXIS}" width="${FIGURE_SIDE}" height="${FIGURE_SIDE}" href="${escapeXml(image)}"/>`,
    `<rect x="${AXIS}" y="${AXIS}" width="${FIGURE_SIDE}" height="${FIGURE_SIDE}" fill="none" stroke="${ink.line}"/>`,
    `<g transform="translate(0 ${AXIS + FIGURE_SIDE + 18})">`,
    legendMarkup(cells.scale, texturesOf(cells), ink),
    '</g>',
  ];
  return { markup: markup.join(''), width: AXIS + FIGURE_SIDE, height: AXIS + FIGURE_SIDE + 18 + LEGEND_HEIGHT };
}
