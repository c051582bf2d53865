// A figure to be taken away: one SVG with its title above and its provenance beneath, in the reader's colours. Pure; text in, text out.
// It needs no stylesheet, no script and nothing of the network: it is read in a paper or on a wall.

export type FigureInk = Readonly<
  Record<'paper' | 'ink' | 'quiet' | 'line' | 'mask' | 'zero' | 'nan' | 'runA' | 'runB' | 'good', string>
>; // CSS colours

/** What stands between title and caption: SVG markup, drawn from its own origin. */
export type FigurePlot = { readonly markup: string; readonly width: number; readonly height: number };

const MARGIN = 24;
const TITLE_HEIGHT = 34;
const LINE_HEIGHT = 16;
const CHARACTER_WIDTH = 6.2; // of the caption's 11 px, rather too wide than too narrow
const FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";

export type Figure = {
  readonly title: string;
  readonly plot: FigurePlot;
  readonly caption: readonly string[]; // a paragraph each; wrapped to the plot's width
  readonly ink: FigureInk;
};

/** Composes the whole figure. */
export function figureSvg({ title, plot, caption, ink }: Figure): string {
  const lines = caption.flatMap((text) => wrap(text, Math.floor(plot.width / CHARACTER_WIDTH)));
  const width = plot.width + 2 * MARGIN;
  const captionTop = MARGIN + TITLE_HEIGHT + plot.height + 20;
  const height = captionTop + lines.length * LINE_HEIGHT + MARGIN / 2;
  const captionMarkup = lines.map(
    (line, at) =>
      `<text x="${MARGIN}" y="${captionTop + at * LINE_HEIGHT}" fill="${ink.quiet}">${escapeXml(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="11">`,
    `<title>${escapeXml(title)}</title><desc>${escapeXml(caption.join(' '))}</desc>`,
    `<rect width="${width}" height="${height}" fill="${ink.paper}"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 12}" font-size="15" font-weight="600" fill="${ink.ink}">${escapeXml(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE_HEIGHT})">${plot.markup}</g>`,
    ...captionMarkup,
    '</svg>',
    '',
  ].join('\n');
}

/** Makes text safe between tags and in quotes; characters that XML cannot hold become the replacement character. */
export function escapeXml(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return allowed.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Breaks at spaces; a word longer than a line is cut. */
function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => long.match(new RegExp(`.{1,${most}}`, 'gsu')) ?? [''])) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
