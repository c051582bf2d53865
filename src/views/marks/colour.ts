// Colours of the maps as packed pixels, and the codes that stand for a texture instead of a colour.
// Viridis for patterns, RdBu through white at 0 for signed differences, cividis of log10 for magnitudes. Never a rainbow.
import { interpolateCividis, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** A pixel as canvas ImageData holds it on a little-endian machine: 0xAABBGGRR. Alpha 0 is a texture code. */
export type Pixel = number;

export const TEXTURE_MASKED: Pixel = 1; // the key position was masked: there is no value
export const TEXTURE_ZERO: Pixel = 2; // exactly 0
export const TEXTURE_NAN: Pixel = 3;

/** The texture of an exact 0 that has a place on the ramp: dots on its colour, where a hole in the map would shout. */
export function dotted(colour: Pixel): Pixel {
  return colour & 0xffffff;
}

export const STEPS = 1024; // of a ramp

/** Packs a CSS colour as d3 and minified stylesheets write it ('#440154', '#fff' or 'rgb(1, 2, 3)'). Throws where it is none. */
export function packColour(css: string): Pixel {
  const hex = /^#([0-9a-f]{6})$/i.exec(css.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'))?.[1];
  const [red, green, blue] = hex
    ? [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
    : (css.match(/\d+/g) ?? []).map(Number);
  if (red === undefined || green === undefined || blue === undefined) {
    throw new Error(`internal: '${css}' is no colour; expected '#rrggbb' or 'rgb(r, g, b)'`);
  }
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function ramp(interpolate: (t: number) => string): Uint32Array {
  return Uint32Array.from({ length: STEPS }, (_, step) => packColour(interpolate(step / (STEPS - 1))));
}

export const VIRIDIS = ramp(interpolateViridis);
export const CIVIDIS = ramp(interpolateCividis);
export const RED_BLUE = ramp((t) => interpolateRdBu(1 - t)); // blue below 0, red above

/** The step of a ramp at t of [0, 1]; beyond is clamped. */
export function stepAt(t: number): number {
  return Math.round(Math.min(1, Math.max(0, t)) * (STEPS - 1));
}

/** Takes the colour at t of [0, 1]; beyond is clamped. */
export function at(colours: Uint32Array, t: number): Pixel {
  return colours[stepAt(t)] ?? 0;
}

/** Writes a pixel as CSS and SVG read it. */
export function cssOf(pixel: Pixel): string {
  return `rgb(${pixel & 255},${(pixel >> 8) & 255},${(pixel >> 16) & 255})`;
}

/** Writes a ramp as a CSS gradient for a legend. */
export function gradient(colours: Uint32Array, stops = 17): string {
  const parts = Array.from({ length: stops }, (_, stop) => {
    return cssOf(at(colours, stop / (stops - 1)));
  });
  return `linear-gradient(to right, ${parts.join(', ')})`;
}
