// A table as a figure: rows of text, numbers and bars under their heads. Pure; text in, text out.
import { escapeXml, type FigureInk, type FigurePlot } from './figure.ts';

/** What a cell holds. A bar goes from one share of the column's width to another, with its words over it. */
export type FigureCell =
  | { readonly kind: 'text'; readonly text: string; readonly isToken?: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | {
      readonly kind: 'bar';
      readonly from: number;
      readonly to: number;
      readonly colour: string;
      readonly text?: string;
    };

export type FigureColumn = { readonly title: string; readonly width: number; readonly isNumber?: boolean };

type Table = {
  readonly title?: string; // where a figure has several tables
  readonly columns: readonly FigureColumn[];
  readonly rows: readonly (readonly FigureCell[])[]; // each as long as columns
  readonly ink: FigureInk;
};

const ROW = 20;
const PAD = 8; // at each side of a cell
const CHARACTER_WIDTH = 6.2; // of 11 px
const MONO_WIDTH = 6.8;
const MONO = "ui-monospace, 'Liberation Mono', Menlo, monospace";

/** Draws the plot of a table's figure. Text that its column cannot hold is cut, and says so by an ellipsis. */
export function tableFigure({ title, columns, rows, ink }: Table): FigurePlot {
  const above = title === undefined ? 0 : ROW;
  const lefts = columns.map((_, at) => columns.slice(0, at).reduce((sum, { width }) => sum + width, 0));
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const heads = columns.map((column, at) =>
    textAt({ text: column.title, left: lefts[at] ?? 0, column, top: above, fill: ink.quiet }),
  );
  const lines = rows.map((row, nth) => {
    const top = above + (nth + 1) * ROW;
    const cells = row.map((cell, at) => {
      const column = columns[at];
      return column ? cellAt(cell, { column, left: lefts[at] ?? 0, top, ink }) : '';
    });
    return `<path d="M0 ${top}h${width}" stroke="${ink.line}" stroke-opacity="0.5"/>${cells.join('')}`;
  });
  const named = title === undefined ? '' : `<text y="10" fill="${ink.ink}">${escapeXml(title)}</text>`;
  return { markup: [named, ...heads, ...lines].join(''), width, height: above + (rows.length + 1) * ROW };
}

type Place = {
  readonly column: FigureColumn;
  readonly left: number;
  readonly top: number;
  readonly ink: FigureInk;
};

function cellAt(cell: FigureCell, { column, left, top, ink }: Place): string {
  switch (cell.kind) {
    case 'text':
      return textAt({ text: cell.text, left, column, top, fill: ink.ink, isMono: cell.isToken ?? false });
    case 'number':
      return textAt({ text: cell.text, left, column, top, fill: ink.ink });
    case 'bar': {
      const room = column.width - 2 * PAD;
      const [from, to] = [Math.min(cell.from, cell.to), Math.max(cell.from, cell.to)];
      const bar = `<rect x="${left + PAD + from * room}" y="${top + 4}" width="${(to - from) * room}" height="${ROW - 8}" fill="${cell.colour}" fill-opacity="0.35"/>`;
      return bar + (cell.text === undefined ? '' : textAt({ text: cell.text, left, column, top, fill: ink.ink }));
    }
    default:
      return cell satisfies never;
  }
}

function textAt(of: {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly column: FigureColumn;
  readonly fill: string;
  readonly isMono?: boolean;
}): string {
  const { text, left, top, column, fill, isMono = false } = of;
  const most = Math.floor((column.width - 2 * PAD) / (isMono ? MONO_WIDTH : CHARACTER_WIDTH));
  const characters = [...text];
  const fitting = characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join('')}…`;
  const [x, anchor] = column.isNumber ? [left + column.width - PAD, 'end'] : [left + PAD, 'start'];
  const font = isMono ? ` font-family="${MONO}"` : '';
  return `<text x="${x}" y="${top + 14}" text-anchor="${anchor}" fill="${fill}"${font}>${escapeXml(fitting)}</text>`;
}
