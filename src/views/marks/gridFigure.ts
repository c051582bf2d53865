// A map of rows and columns as a figure: its raster, a number at each row and column that there is room for, a title on each axis. Pure;
// the raster comes as an image.
import { escapeXml, type FigureInk, type FigurePlot } from './figure.ts';

type Grid = {
  readonly title?: string; // where a figure has several maps
  readonly nRows: number;
  readonly nColumns: number;
  readonly cell: { readonly width: number; readonly height: number };
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly image: string; // as a data: URL
  readonly ink: FigureInk;
};

export const GRID_LEFT = 52; // room for the rows' numbers and their title
export const GRID_TOP = 48; // room for the columns' numbers, their title, and what stands between the two
const LABEL = 18; // least distance of two numbers

/** Draws the map from its own origin. */
export function gridFigure(grid: Grid): FigurePlot {
  const { title, nRows, nColumns, cell, rowTitle, columnTitle, image, ink } = grid;
  const [width, height] = [cell.width * nColumns, cell.height * nRows];
  const columns = numbered(nColumns, cell.width).map(
    (at) => `<text x="${GRID_LEFT + (at + 0.5) * cell.width}" y="${GRID_TOP - 6}" text-anchor="middle">${at}</text>`,
  );
  const rows = numbered(nRows, cell.height).map(
    (at) =>
      `<text x="${GRID_LEFT - 6}" y="${GRID_TOP + (at + 0.5) * cell.height + 3.5}" text-anchor="end">${at}</text>`,
  );
  const heading = title === undefined ? columnTitle : `${title}; ${columnTitle}`;
  const anchor =
    title === undefined ? `x="${GRID_LEFT + width / 2}" y="10" text-anchor="middle"` : `x="${GRID_LEFT}" y="10"`;
  const markup = [
    `<text ${anchor} fill="${ink.ink}">${escapeXml(heading)}</text>`,
    `<text transform="translate(12 ${GRID_TOP + height / 2}) rotate(-90)" text-anchor="middle" fill="${ink.ink}">${escapeXml(rowTitle)}</text>`,
    `<g fill="${ink.quiet}" font-size="10">${columns.join('')}${rows.join('')}</g>`,
    `<image x="${GRID_LEFT}" y="${GRID_TOP}" width="${width}" height="${height}" href="${escapeXml(image)}"/>`,
  ];
  return { markup: markup.join(''), width: GRID_LEFT + width, height: GRID_TOP + height };
}

/** Which of so many rows or columns are numbered. */
function numbered(count: number, step: number): readonly number[] {
  const every = Math.max(1, Math.ceil(LABEL / step / (step >= 12 ? 1.5 : 1)));
  return Array.from({ length: Math.ceil(count / every) }, (_, nth) => nth * every);
}
