// The legend of a value scale as SVG, for a figure: ramp, ticks with values, zero and tolerance. The twin of Legend.tsx. Pure.
import { at, cssOf } from './colour.ts';
import { escapeXml, type FigureInk } from './figure.ts';
import { TEXTURES, type Texture } from './textures.ts';
import { tickLabel, type ValueScale } from './valueScale.ts';

const RAMP = { left: 150, width: 240, height: 10 } as const;
const STOPS = 17;
export const LEGEND_HEIGHT = 34;

/** Draws the legend from its own origin; `textures` are those that the map shows. */
export function legendMarkup(scale: ValueScale, textures: readonly Texture[], ink: FigureInk): string {
  const stops = Array.from({ length: STOPS }, (_, stop) => {
    const t = stop / (STOPS - 1);
    return `<stop offset="${t}" stop-color="${cssOf(at(scale.colours, t))}"/>`;
  });
  const ticks = scale.ticks.map((tick) => {
    const x = RAMP.left + tick.at * RAMP.width;
    const label = tickLabel(scale, tick);
    return `<path d="M${x} ${RAMP.height}v4" stroke="${ink.quiet}"/><text x="${x}" y="${RAMP.height + 15}" text-anchor="middle" font-size="10" fill="${ink.quiet}">${escapeXml(label)}</text>`;
  });
  const swatches = textures.map((texture, nth) => {
    const x = RAMP.left + RAMP.width + 30 + nth * 96;
    const { swatch, words } = TEXTURES[texture];
    const fill = { masked: ink.mask, zero: ink.zero, floor: cssOf(at(scale.colours, 0)), nan: ink.nan }[swatch];
    return `<rect x="${x}" width="12" height="12" fill="${fill}" stroke="${ink.line}"/><text x="${x + 17}" y="10" fill="${ink.quiet}">${words}</text>`;
  });
  const title = scale.note ? `${scale.title} · ${scale.note}` : scale.title;
  return [
    `<linearGradient id="ramp">${stops.join('')}</linearGradient>`,
    `<text y="10" fill="${ink.ink}">${escapeXml(title)}</text>`,
    `<rect x="${RAMP.left}" width="${RAMP.width}" height="${RAMP.height}" fill="url(#ramp)"/>`,
    ...ticks,
    ...swatches,
  ].join('');
}
