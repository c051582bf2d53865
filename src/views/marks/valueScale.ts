// Value scales: from a number to a colour, with the ticks that a legend writes. Each says where zero is.
import { formatFigure } from '../format.ts';
import {
  at,
  CIVIDIS,
  dotted,
  type Pixel,
  RED_BLUE,
  TEXTURE_MASKED,
  TEXTURE_NAN,
  TEXTURE_ZERO,
  VIRIDIS,
} from './colour.ts';

export type LegendTick = { readonly at: number; readonly value: number; readonly role: 'tick' | 'zero' | 'tolerance' };

export type ValueScale = {
  readonly title: string;
  readonly colours: Uint32Array;
  readonly ticks: readonly LegendTick[]; // at: 0 … 1 along the ramp
  readonly note: string | null; // 'fit to this head'
  readonly position: (value: number) => number; // 0 … 1 along the ramp and beyond, never falling
  readonly pixel: (value: number) => Pixel; // a colour of the ramp, or a texture
};

/** One value that is not coloured by its place on the ramp. */
type Exact = { readonly value: number; readonly pixel: Pixel };

function scaled(scale: Omit<ValueScale, 'pixel'>, exact: Exact | null): ValueScale {
  const { colours, position } = scale;
  return {
    ...scale,
    pixel: (value) => {
      if (Number.isNaN(value)) return TEXTURE_NAN;
      return value === exact?.value ? exact.pixel : at(colours, position(value));
    },
  };
}

/** How the reader wants maps of one run: cividis reads alike with any colour vision; fitted, a head's faint cells are told apart. */
export type MapPaint = { readonly isCividis: boolean; readonly isFit: boolean };

export const USUAL_PAINT: MapPaint = { isCividis: false, isFit: false };

/** Scales an attention pattern over [0, 1], whatever the values are, so that heads can be compared; or up to `most`, and says so. */
export function patternScale(
  { isCividis }: Pick<MapPaint, 'isCividis'> = USUAL_PAINT,
  most: number | null = null,
): ValueScale {
  const colours = rampOf(isCividis);
  const top = most !== null && most > 0 ? most : 1;
  const scale = {
    title: 'attention',
    colours,
    ticks: [
      { at: 0, value: 0, role: 'zero' },
      { at: 0.5, value: top / 2, role: 'tick' },
      { at: 1, value: top, role: 'tick' },
    ],
    note: most === null ? null : 'fitted, first row apart',
    position: (value: number) => value / top,
  } as const;
  return scaled(scale, { value: 0, pixel: dotted(at(colours, 0)) });
}

function rampOf(isCividis: boolean): Uint32Array {
  return isCividis ? CIVIDIS : VIRIDIS;
}

/** Scales a share between 0 and 1, as attention paid is. */
export function fractionScale(title: string, paint: Pick<MapPaint, 'isCividis'> = USUAL_PAINT): ValueScale {
  return scaled({ ...patternScale(paint), title }, null);
}

/** Scales scores, fitted to the finite values. */
export function scoreScale(lowest: number, highest: number, { isCividis } = USUAL_PAINT): ValueScale {
  const colours = rampOf(isCividis);
  const extent = highest - lowest || 1;
  const scale: Omit<ValueScale, 'pixel'> = {
    title: 'score',
    colours,
    ticks: [
      { at: 0, value: lowest, role: 'tick' },
      ...(lowest < 0 && highest > 0 ? [{ at: -lowest / extent, value: 0, role: 'zero' } as const] : []),
      { at: 1, value: highest, role: 'tick' },
    ],
    note: 'fitted to this head',
    position: (value) => (value - lowest) / extent,
  };
  return scaled(scale, { value: Number.NEGATIVE_INFINITY, pixel: TEXTURE_MASKED });
}

/** Decades below the largest difference in which the signed scale is logarithmic; nearer to 0 it is linear. */
const SYMLOG_DECADES = 3;

/** Scales signed differences: RdBu, symmetric, symlog, white at 0. `largest` is the largest magnitude. */
export function signedScale(largest: number): ValueScale {
  const linear = largest / 10 ** SYMLOG_DECADES;
  const position = (value: number) =>
    largest === 0
      ? 0.5
      : 0.5 + (Math.sign(value) * Math.log1p(Math.abs(value) / linear)) / (2 * Math.log1p(largest / linear));
  const values = largest === 0 ? [] : [-largest, -largest / 100, largest / 100, largest];
  const scale: Omit<ValueScale, 'pixel'> = {
    title: 'B − A',
    colours: RED_BLUE,
    ticks: [
      ...values.map((value) => ({ at: position(value), value, role: 'tick' }) as const),
      { at: 0.5, value: 0, role: 'zero' },
    ],
    note: largest === 0 ? 'every cell is exactly 0' : 'symlog',
    position,
  };
  return scaled(scale, { value: 0, pixel: TEXTURE_ZERO });
}

/** Scales magnitudes of differences: cividis of log10, with the tolerance in its domain and marked. */
export function magnitudeScale(smallest: number, largest: number, atol: number): ValueScale {
  const low = Math.floor(Math.log10(smallest > 0 ? smallest : 1e-9));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(largest, atol, 1e-9))));
  const position = (value: number) => (Math.log10(value) - low) / (high - low);
  const decades = [low, high].map(
    (power) => ({ at: position(10 ** power), value: 10 ** power, role: 'tick' }) as const,
  );
  const tolerance = atol > 0 && position(atol) >= 0 && position(atol) <= 1;
  const scale: Omit<ValueScale, 'pixel'> = {
    title: '|B − A|',
    colours: CIVIDIS,
    ticks: [...decades, ...(tolerance ? [{ at: position(atol), value: atol, role: 'tolerance' } as const] : [])],
    note: largest === 0 ? 'every cell is exactly 0' : 'log10',
    position,
  };
  return scaled(scale, { value: 0, pixel: TEXTURE_ZERO });
}

/**
 * Scales a metric under edits: RdBu around the value that the run has without any, as far to both sides; blue lowers it, red raises
 * it. `largest` is the largest departure.
 */
export function effectScale(title: string, clean: number, largest: number): ValueScale {
  const reach = largest || 1;
  const scale: Omit<ValueScale, 'pixel'> = {
    title,
    colours: RED_BLUE,
    ticks: [
      { at: 0, value: clean - reach, role: 'tick' },
      { at: 0.5, value: clean, role: 'zero' },
      { at: 1, value: clean + reach, role: 'tick' },
    ],
    note: largest === 0 ? 'no edit moves it' : 'middle: unedited',
    position: (value) => 0.5 + (value - clean) / (2 * reach),
  };
  return scaled(scale, { value: clean, pixel: TEXTURE_ZERO });
}

/** Ticks that have room for a third digit each. */
const FEW = 3;

/** Writes a tick's value; with two digits a probability of 0.998 would read 1. */
export function tickLabel({ ticks }: Pick<ValueScale, 'ticks'>, { role, value }: LegendTick): string {
  return role === 'tolerance' ? `atol ${formatFigure(value, 2)}` : formatFigure(value, ticks.length > FEW ? 2 : 3);
}
