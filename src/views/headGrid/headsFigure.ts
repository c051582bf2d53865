// The head grid as a figure: the sheet of cells, layers and heads along it, brackets over the heads that share a KV head, the legend.
// Pure; the sheet comes as an image.
import { escapeXml, type FigureInk, type FigurePlot } from '../marks/figure.ts';
import { LEGEND_HEIGHT, legendMarkup } from '../marks/legendFigure.ts';
import type { ValueScale } from '../marks/valueScale.ts';

const LEFT = 52; // room for the layers and their title
const TOP = 48; // room for the heads, their title and the brackets
const WIDTH = 640; // of the sheet
const LEAST_WIDTH = 480; // of the whole: the legend's

type Request = {
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly scale: ValueScale;
  readonly textures: readonly ('masked' | 'zero')[];
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
  const [width, height] = [cell * nHeads, cell * nLayers];
  const middle = (at: number) => (at + 0.5) * cell;
  const heads = Array.from(
    { length: nHeads },
    (_, head) => `<text x="${LEFT + middle(head)}" y="${TOP - 6}" text-anchor="middle">${head}</text>`,
  );
  const layers = Array.from(
    { length: nLayers },
    (_, layer) => `<text x="${LEFT - 6}" y="${TOP + middle(layer) + 3.5}" text-anchor="end">${layer}</text>`,
  );
  const span = (nHeads / nKeyValueHeads) * cell;
  const brackets = Array.from({ length: nKeyValueHeads }, (_, group) => {
    const left = LEFT + group * span + 3;
    return `<path d="M${left} ${TOP - 18}v-5h${span - 6}v5" fill="none" stroke="${ink.line}"/>`;
  });
  const markup = [
    `<text x="${LEFT + width / 2}" y="10" text-anchor="middle" fill="${ink.ink}">head; brackets join those that share a key/value head</text>`,
    `<text transform="translate(12 ${TOP + height / 2}) rotate(-90)" text-anchor="middle" fill="${ink.ink}">layer</text>`,
    `<g fill="${ink.quiet}" font-size="10">${heads.join('')}${layers.join('')}</g>${brackets.join('')}`,
    `<image x="${LEFT}" y="${TOP}" width="${width}" height="${height}" href="${escapeXml(image)}"/>`,
    `<g transform="translate(0 ${TOP + height + 18})">${legendMarkup(scale, textures, ink)}</g>`,
  ];
  return {
    markup: markup.join(''),
    width: Math.max(LEAST_WIDTH, LEFT + width),
    height: TOP + height + 18 + LEGEND_HEIGHT,
  };
}
