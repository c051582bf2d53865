import { expect, test } from 'vitest';
import { blockHook } from '../../engine/index.ts';
import { amountOf, movedTo, newIntervention, OPERATIONS, operationOf, parseListed, writeListed } from './paths.ts';

test.each([
  ['all', 'all'],
  ['', 'all'],
  ['3', [3]],
  ['0, 3', [0, 3]],
  ['4-6, 9', [4, 5, 6, 9]],
  ['6-4', null],
  ['x', null],
  ['1,', null],
] as const)('"%s" is %j', (text, listed) => {
  expect(parseListed(text)).toEqual(listed);
});

test('what is written is read again', () => {
  expect(parseListed(writeListed([1, 5, 6]))).toEqual([1, 5, 6]);
  expect(parseListed(writeListed('all'))).toBe('all');
});

test.each(OPERATIONS.map(({ id }) => id))('%s keeps its kind through the panel', (kind) => {
  const row = newIntervention('attn.hook_z', 1, [7]);
  expect(amountOf({ ...row, operation: operationOf(kind, 2, row.hook) })?.kind).toBe(kind);
});

test('a patch that moves to another hook takes from there', () => {
  const hook = blockHook(1, 'attn.hook_z');
  const row = { ...newIntervention('attn.hook_z', 1, [7]), operation: operationOf('patch', 1, hook) };
  expect(movedTo(row, blockHook(2, 'attn.hook_q')).operation).toMatchObject({ source: 'blocks.2.attn.hook_q' });
});
