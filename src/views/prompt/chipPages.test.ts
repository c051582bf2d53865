// Pages of token chips.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_LENGTH, pageAt, pageName, pageOf } from './chipPages.ts';

test('every token is on one page, and that page is found by its position', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), (nTokens) => {
      let next = 0;
      for (let page = 0; page <= pageOf(nTokens - 1, nTokens); page++) {
        const { first, end } = pageAt(page, nTokens);
        expect(first).toBe(next);
        expect(end - first).toBeGreaterThan(0);
        expect(end - first).toBeLessThanOrEqual(PAGE_LENGTH);
        expect([pageOf(first, nTokens), pageOf(end - 1, nTokens)]).toEqual([page, page]);
        next = end;
      }
      expect(next).toBe(nTokens);
    }),
  );
});

test.each([
  [-1, 0],
  [255, 0],
  [256, 1],
  [5000, 1],
])(
  'position %i of 300 tokens is on page %i: before a run it is none, after a longer prompt it is beyond',
  (position, page) => {
    expect(pageOf(position, 300)).toBe(page);
  },
);

test('a page is named by its first and last position', () => {
  expect(pageName(pageAt(1, 300))).toBe('256–299');
});
