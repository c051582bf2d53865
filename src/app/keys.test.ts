// Keys and spellings, apart from the page.
import { expect, test } from 'vitest';
import { headsSpelled } from './headsSpelled.ts';
import { PANELS } from './places.ts';

const SHAPE = { nLayers: 4, nHeads: 24 };
const FIRST_OF_2 = Array.from({ length: 16 }, (_, head) => `2.${head}`); // as many as the list holds

test('each panel has a letter of its own after g', () => {
  const letters = PANELS.map(({ letter }) => letter);
  expect(new Set(letters).size).toBe(PANELS.length);
  expect(letters.every((letter) => /^[a-z]$/.test(letter))).toBe(true);
});

test.each([
  ['L1H7', ['1.7']],
  ['l3h2', ['3.2', '3.20', '3.21', '3.22', '3.23']], // the head itself first, then those that it begins
  ['L2H', FIRST_OF_2],
  ['L2', FIRST_OF_2],
  ['L4', []],
  ['L1H24', []],
  ['Light', []],
  ['', []],
])('%s spells these heads', (query, heads) => {
  expect(headsSpelled(query, SHAPE).map((pair) => pair.join('.'))).toEqual(heads);
});
