import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_HOOKS, blockHook, MODEL_HOOKS } from '../../engine/index.ts';
import { exchanged, movedTo, OPERATIONS, operationOf, readVector, writeVector } from './operations.ts';
import { hookAt, newIntervention, PATHS, parseListed, placeOfHook, writeListed } from './paths.ts';

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
  const listed = fc.oneof(fc.constant('all' as const), fc.array(fc.nat(999_999), { maxLength: 9 }));
  fc.assert(
    fc.property(listed, (list) => {
      expect(parseListed(writeListed(list))).toEqual(list);
    }),
  );
  expect(readVector(writeVector([0.5, -1e-7, 3]))).toEqual([0.5, -1e-7, 3]);
});

test('every hook of the names table is offered once, and is found again', () => {
  expect(PATHS.map(({ id }) => id).sort()).toEqual([...BLOCK_HOOKS, ...MODEL_HOOKS].sort());
  for (const { id } of PATHS) expect(placeOfHook(hookAt(id, 2)).path).toBe(id);
  expect(placeOfHook('hook_embed').layer).toBeNull();
});

test('an operation of another kind keeps what both have', () => {
  const hook = blockHook(1, 'attn.hook_z');
  for (const { id } of OPERATIONS) expect(operationOf(id, { kind: 'zero' }, hook).kind).toBe(id);
  const add = { kind: 'add', factor: 3, prompt: 'clean', source: blockHook(0, 'attn.hook_z'), sourceHead: 2 } as const;
  expect(operationOf('patch', add, hook)).toEqual({
    kind: 'patch',
    prompt: 'clean',
    source: add.source,
    sourceHead: 2,
  });
  expect(operationOf('scale', add, hook)).toEqual({ kind: 'scale', factor: 3 });
  expect(operationOf('freeze', { ...add, prompt: 'same' }, hook)).toEqual({ kind: 'freeze', prompt: 'corrupted' });
});

test('a patch from its own hook moves with it; one from elsewhere does not', () => {
  const hook = blockHook(1, 'attn.hook_z');
  const next = blockHook(2, 'attn.hook_q');
  const row = newIntervention('attn.hook_z', 1, [7]);
  const own = { ...row, operation: operationOf('patch', row.operation, hook) };
  expect(movedTo(own, next)).toMatchObject({ hook: next, operation: { source: next } });
  const elsewhere = { ...own, operation: { kind: 'patch', prompt: 'clean', source: 'hook_embed' } as const };
  expect(movedTo(elsewhere, next).operation).toMatchObject({ source: 'hook_embed' });
});

test.each([
  ['1', [1]],
  ['1, 2 3\n4', [1, 2, 3, 4]],
  ['[[0.5], [-1e3]]', [0.5, -1000]],
  ['1, x', null],
  ['', null],
  ['NaN', null],
] as const)('the vector "%s" is %j', (text, values) => {
  expect(readVector(text)).toEqual(values);
});

test('rows change places, and stay where there is no other', () => {
  expect(exchanged(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(exchanged(['a'], 0, -1)).toBeNull();
});
