// What the textures of a map say, where a colour cannot: on the page's legend and on a figure's.

type Swatch = 'masked' | 'zero' | 'floor' | 'nan';

/** What each texture says, and the swatch that shows it. */
export const TEXTURES = {
  masked: { swatch: 'masked', words: 'masked' },
  zero: { swatch: 'zero', words: 'exactly 0' },
  floor: { swatch: 'floor', words: 'exactly 0' }, // of attention: dots on the colour of 0
  nan: { swatch: 'nan', words: 'NaN' },
  unmoved: { swatch: 'zero', words: 'moves no bit' },
  awaited: { swatch: 'masked', words: 'not there yet' },
  unscored: { swatch: 'masked', words: 'no score' },
  apart: { swatch: 'masked', words: 'no path, or not asked' },
} as const satisfies Record<string, { readonly swatch: Swatch; readonly words: string }>;

export type Texture = keyof typeof TEXTURES;
