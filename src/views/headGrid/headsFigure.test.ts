// The head grid as a figure.
import { expect, test } from 'vitest';
import { INK } from '../marks/ink.node.ts';
import { patternScale } from '../marks/valueScale.ts';
import { figureCell, headsFigure } from './headsFigure.ts';

test.each([
  [4, 8, 2],
  [24, 16, 16],
  [1, 1, 1],
])(
  '%i layers of %i heads over %i kv heads have a label each, a bracket a group, and a legend',
  (nLayers, nHeads, nKeyValueHeads) => {
    const request = { nLayers, nHeads, nKeyValueHeads, scale: patternScale(), textures: ['masked'] as const };
    const { markup, width, height } = headsFigure({ ...request, image: 'data:,', ink: INK });
    const sheet = figureCell(nHeads);
    expect(markup).toContain(`width="${sheet * nHeads}" height="${sheet * nLayers}" href="data:,"`);
    expect(markup.match(/text-anchor="middle">\d+</g)?.length).toBeGreaterThanOrEqual(nHeads);
    expect(markup.match(/text-anchor="end">\d+</g)).toHaveLength(nLayers);
    expect(markup.match(/<path d="M[\d.]+ 30v-5h/g)).toHaveLength(nKeyValueHeads);
    for (const word of ['layer', 'key/value head', 'attention', 'masked']) expect(markup).toContain(word);
    expect(width).toBeGreaterThanOrEqual(sheet * nHeads);
    expect(height).toBeGreaterThan(sheet * nLayers);
  },
);
