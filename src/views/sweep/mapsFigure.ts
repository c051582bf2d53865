// The maps of a sweep as a figure: beside each other where heads stand across, below each other where positions do, and one legend for
// all. Pure; the maps come as images.
import type { FigureInk, FigurePlot } from '../marks/figure.ts';
import { gridFigure } from '../marks/gridFigure.ts';
import { LEGEND_HEIGHT, legendMarkup } from '../marks/legendFigure.ts';
import { plotsBelow, plotsBeside } from '../marks/plots.ts';
import type { Texture } from '../marks/textures.ts';
import type { ValueScale } from '../marks/valueScale.ts';
import type { GridMap } from './maps.ts';

const WIDTH = 880; // that maps share
const LEAST_WIDTH = 620; // of the whole: the legend's
const ABOVE_LEGEND = 18;
const AXIS_WORDS = { heads: 'head', 'kv heads': 'kv head', positions: 'position', layer: 'all positions' } as const;

type Request<C> = {
  readonly maps: readonly GridMap<C>[];
  readonly scale: ValueScale;
  readonly textures: readonly Texture[];
  readonly imageOf: (map: GridMap<C>, width: number, height: number) => string; // a data: URL, of units of the SVG
  readonly ink: FigureInk;
};

/** Draws the plot of a figure of maps. */
export function mapsFigure<C>({ maps, scale, textures, imageOf, ink }: Request<C>): FigurePlot {
  const narrow = maps.filter(({ columns }) => columns !== 'positions');
  const across = narrow.reduce((sum, { nColumns }) => sum + nColumns, 0);
  const cellOf = ({ columns, nColumns }: GridMap<C>) => {
    const width = WIDTH / (columns === 'positions' ? nColumns : Math.max(1, across));
    const side = Math.max(6, Math.min(28, Math.floor(width)));
    return { width: nColumns === 1 ? Math.max(28, side) : side, height: Math.max(12, side) };
  };
  const plotOf = (map: GridMap<C>) => {
    const cell = cellOf(map);
    const { title, nRows, nColumns, columns } = map;
    const image = imageOf(map, cell.width * nColumns, cell.height * nRows);
    const plot = gridFigure({
      title,
      nRows,
      nColumns,
      cell,
      rowTitle: 'layer',
      columnTitle: AXIS_WORDS[columns],
      image,
      ink,
    });
    return { ...plot, width: Math.max(plot.width, widthOf(`${title}; ${AXIS_WORDS[columns]}`)) };
  };
  const rows = [
    ...(narrow.length > 0 ? [plotsBeside(narrow.map(plotOf))] : []),
    ...maps.filter(({ columns }) => columns === 'positions').map(plotOf),
  ];
  const drawn = plotsBelow(rows);
  const legendTop = drawn.height + ABOVE_LEGEND;
  return {
    markup: `${drawn.markup}<g transform="translate(0 ${legendTop})">${legendMarkup(scale, textures, ink)}</g>`,
    width: Math.max(LEAST_WIDTH, drawn.width),
    height: legendTop + LEGEND_HEIGHT,
  };
}

/** Room for the words above a map, from where it begins. */
function widthOf(words: string): number {
  return 52 + 6 * words.length;
}
