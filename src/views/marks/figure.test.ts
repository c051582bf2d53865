import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pooledMatrix } from '../../engine/index.ts';
import { type Cells, cellsOf } from '../pattern/cells.ts';
import { patternFigure } from '../pattern/patternFigure.ts';
import { escapeXml, figureSvg } from './figure.ts';
import { INK } from './ink.node.ts';
import { USUAL_PAINT } from './valueScale.ts';

const WANTED = { show: 'pattern', side: 'a', atol: 0, paint: USUAL_PAINT } as const;

/** Run A's pattern alone. */
function patternOf(values: Float32Array<ArrayBuffer>, nPos: number): Cells {
  const cells = cellsOf({ a: pooledMatrix(values, nPos), b: null, delta: null, nPos }, WANTED);
  if (!cells) throw new Error('A was given');
  return cells;
}

const PLOT = { markup: '<g/>', width: 400, height: 100 };

test('whatever a token or a title says, it stays text and XML can hold it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeXml(text);
      expect(escaped).not.toMatch(/[<>"']|&(?!#\d+;)/);
      expect(escaped.isWellFormed()).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
      expect(escaped).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    }),
  );
});

test('the caption is wrapped to the plot, word by word, and nothing of it is lost', () => {
  const words = Array.from({ length: 60 }, (_, nth) => `word${nth}`).join(' ');
  const svg = figureSvg({ title: 'T', plot: PLOT, caption: [words, 'x'.repeat(150)], ink: INK });
  const lines = [...svg.matchAll(/fill="#555">([^<]*)<\/text>/g)].map((match) => match[1] ?? '');
  expect(lines.length).toBeGreaterThan(8);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(64); // 400 px of 6.2
  expect(lines.join(' ')).toContain('word58 word59');
  expect(lines.join('')).toContain('x'.repeat(150));
});

test('a pattern figure has a title on each axis, a label a token and the legend with its zero', () => {
  const cells = patternOf(Float32Array.of(1, 0, 0.25, 0.75), 2);
  const tokens = ['<b>', ' &'].map((text, id) => ({ id, text, bytes: null, special: false }));
  const { markup } = patternFigure({ cells, tokens, image: 'data:,', ink: INK });
  for (const text of ['key position', 'query position', 'attention', 'masked', '>0</text>', '>1</text>'])
    expect(markup).toContain(text);
  expect(markup.match(/&#60;b&#62;/g)).toHaveLength(2);
  expect(markup).toContain('exactly 0');
  expect(markup).not.toContain('NaN'); // there is none
});

test('a figure of many tokens writes only as many labels as there is room for', () => {
  const nPos = 512;
  const cells = patternOf(new Float32Array(nPos * nPos), nPos);
  const tokens = Array.from({ length: nPos }, () => ({ id: 1, text: 'a', bytes: null, special: false }));
  const { markup } = patternFigure({ cells, tokens, image: 'data:,', ink: INK });
  expect(markup.match(/>a<\/text>/g)?.length).toBeLessThanOrEqual(2 * 43); // 560 / 13
});
