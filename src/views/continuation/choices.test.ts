import { expect, test } from 'vitest';
import { choicesOf, continuationOf, FIRST_CHOICES, partingOf, readNumber } from './choices.ts';

test('what a form asks is what it shows when a link asks it', () => {
  const seeded = { ...FIRST_CHOICES, kind: 'seeded', seed: 7, temperature: 0.8, topK: 40, maxTokens: 12 } as const;
  expect(continuationOf(seeded)).toEqual({
    sampling: { kind: 'seeded', seed: 7, temperature: 0.8, topK: 40, topP: null },
    maxTokens: 12,
  });
  expect(choicesOf(continuationOf(seeded), FIRST_CHOICES)).toEqual(seeded);
  const greedy = continuationOf({ ...seeded, kind: 'greedy' });
  expect(greedy).toEqual({ sampling: { kind: 'greedy' }, maxTokens: 12 });
  expect(choicesOf(greedy, seeded)).toEqual({ ...seeded, kind: 'greedy' }); // the draw's fields stay
});

test.each([
  ['0.8', 0, false, 0.8],
  ['40', 1, true, 40],
  ['0', 1, true, null],
  ['1.5', 1, true, null],
  ['', 0, false, null],
  ['x', 0, false, null],
  ['Infinity', 0, false, null],
] as const)('"%s" of at least %d, whole %s: %s', (text, least, isWhole, read) => {
  expect(readNumber(text, least, isWhole)).toBe(read);
});

test('two continuations part at the first other token; what one has not written yet is no parting', () => {
  const ids = (...all: number[]) => all.map((id) => ({ id }));
  expect(partingOf(ids(1, 2, 3), ids(1, 2, 4))).toBe(2);
  expect(partingOf(ids(1, 2, 3), ids(1, 2))).toBeNull();
  expect(partingOf(ids(1), null)).toBeNull();
});
