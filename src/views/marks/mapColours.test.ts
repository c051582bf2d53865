// What the colours of the maps promise: a crosshair that is seen on each of them, textures that are no colour, a range that is told.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pooledMatrix } from '../../engine/index.ts';
import { cellsOf, pixelAt, texturesOf } from '../pattern/cells.ts';
import { CIVIDIS, type Pixel, packColour, RED_BLUE, TEXTURE_NAN, VIRIDIS } from './colour.ts';
import { texturePixel } from './raster.ts';
import { patternScale, USUAL_PAINT } from './valueScale.ts';

const tokens = readFileSync(new URL('../../app/tokens.css', import.meta.url), 'utf8');

/** The colour of a token in each theme that sets it. */
function coloursOf(token: string): Pixel[] {
  const found = [...tokens.matchAll(new RegExp(`--${token}: (#[0-9a-f]{6})`, 'g'))];
  return found.map(([, hex]) => packColour(hex ?? ''));
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(pixel: Pixel): number {
  const [red, green, blue] = [0, 8, 16].map((shift) => {
    const channel = ((pixel >> shift) & 255) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: Pixel, other: Pixel): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

test('the crosshair stands 3:1 against every colour and texture of the maps: by its line or by its edge', () => {
  const lines = [...coloursOf('cross'), ...coloursOf('cross-edge')];
  expect(lines).toHaveLength(2); // the same in light and dark
  const grounds = ['mask', 'mask-stroke', 'zero-paper', 'zero-dot', 'nan'].flatMap(coloursOf);
  expect(grounds.length).toBeGreaterThanOrEqual(9);
  for (const ground of [...VIRIDIS, ...CIVIDIS, ...RED_BLUE, ...grounds]) {
    expect(Math.max(...lines.map((line) => contrast(line, ground)))).toBeGreaterThanOrEqual(3);
  }
});

const GROUND = { mask: 1, stroke: 2, paper: 3, dot: 4, nan: 5 };

test('an attention of exactly 0 is dotted, in the colour that the smallest attention has, and no other is', () => {
  for (const isCividis of [false, true]) {
    const scale = patternScale({ isCividis });
    const zero = scale.pixel(0);
    expect(zero >>> 24).toBe(0);
    expect(texturePixel(zero, 0, 0, GROUND)).toBe(GROUND.dot);
    expect(texturePixel(zero, 3, 3, GROUND)).toBe(scale.pixel(2 ** -149));
    expect(scale.pixel(2 ** -149)).toBe((isCividis ? CIVIDIS : VIRIDIS)[0]);
  }
});

const PAIR = { nPos: 2, a: pooledMatrix(Float32Array.of(1, 0, 0.125, 0.25), 2), b: null, delta: null };
const SHOWN = { show: 'pattern', side: 'a', atol: 0 } as const;

test('fitted, the largest cell after the first row has the last colour, and the legend says so; else the range is 0 to 1', () => {
  const fixed = cellsOf(PAIR, { ...SHOWN, paint: USUAL_PAINT });
  const fitted = cellsOf(PAIR, { ...SHOWN, paint: { isFit: true, isCividis: true } });
  if (!fixed || !fitted) throw new Error('A was given');
  expect(pixelAt(fitted, 0, 1, 1)).toBe(CIVIDIS.at(-1));
  expect(fitted.scale).toMatchObject({
    note: 'fitted, first row apart',
    ticks: [{ value: 0 }, { value: 0.125 }, { value: 0.25 }],
  });
  expect(fixed.scale).toMatchObject({ note: null, ticks: [{ value: 0 }, { value: 0.5 }, { value: 1 }] });
  expect(pixelAt(fixed, 0, 1, 1)).not.toBe(VIRIDIS.at(-1));
});

test('NaN has its texture, and stands in the legend where there is one', () => {
  const withNan = { ...PAIR, a: pooledMatrix(Float32Array.of(1, 0, Number.NaN, 0.25), 2) };
  const cells = cellsOf(withNan, { ...SHOWN, paint: USUAL_PAINT });
  const clean = cellsOf(PAIR, { ...SHOWN, paint: USUAL_PAINT });
  if (!cells || !clean) throw new Error('A was given');
  expect(pixelAt(cells, 0, 1, 0)).toBe(TEXTURE_NAN);
  expect(texturesOf(cells)).toEqual(['masked', 'floor', 'nan']);
  expect(texturesOf(clean)).toEqual(['masked', 'floor']);
});
