import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIds } from './parseIds.ts';

test.each([
  ['0 631 523', [0, 631, 523]],
  ['[0, 631,\n 523]', [0, 631, 523]],
  ["tensor([[0, 631]], device='cuda:0')", [0, 631]],
  ['', null],
  ['0 -1', null],
  ['1.5', null],
  ['seven', null],
])('%j is %j', (text, ids) => {
  expect(parseIds(text)).toEqual(ids);
});

test('ids written as JSON are read back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200_000), { minLength: 1 }), (ids) => {
      expect(parseIds(JSON.stringify(ids))).toEqual(ids);
    }),
  );
});
