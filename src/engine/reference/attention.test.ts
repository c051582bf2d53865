// Scores, pattern, z and what surrounds them, on cases small enough to check by hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import { add } from './add.ts';
import { attnScores } from './attnScores.ts';
import { attnZ } from './attnZ.ts';
import { embed } from './embed.ts';
import { repeatKv } from './repeatKv.ts';
import { softmax } from './softmax.ts';

const PLAIN = { scale: 0.5, softCap: null, window: null, slopes: null };
const NONE = Number.NEGATIVE_INFINITY;
const q = { shape: [3, 2, 1], values: Float64Array.of(1, 2, 3, 4, 5, 6) };
const k = { shape: [3, 1, 1], values: Float64Array.of(2, 4, 6) };

test('scores are scaled and causal, both query heads reading the one key head', () => {
  const head0 = [1, NONE, NONE, 3, 6, NONE, 5, 10, 15];
  const head1 = [2, NONE, NONE, 4, 8, NONE, 6, 12, 18];
  expect(attnScores(q, k, PLAIN)).toEqual({ shape: [2, 3, 3], values: Float64Array.from([...head0, ...head1]) });
});

test('a window of 2 keys is the query itself and the one before', () => {
  const rows = attnScores(q, k, { ...PLAIN, window: 2 }).values.subarray(0, 9);
  expect(rows).toEqual(Float64Array.of(1, NONE, NONE, 3, 6, NONE, NONE, 10, 15));
});

test('the soft cap bounds scores and leaves the mask', () => {
  const rows = attnScores(q, k, { ...PLAIN, softCap: 4 }).values.subarray(0, 3);
  expect(rows).toEqual(Float64Array.of(4 * Math.tanh(1 / 4), NONE, NONE));
});

test('ALiBi takes slope · distance away', () => {
  const rows = attnScores(q, k, { ...PLAIN, slopes: Float64Array.of(1, 0.5) }).values;
  expect(Array.from(rows.subarray(6, 9))).toEqual([3, 9, 15]);
  expect(Array.from(rows.subarray(15, 18))).toEqual([5, 11.5, 18]);
});

test('slopes: a power of two is one geometric row; others take every second of the next', () => {
  expect(Array.from(alibiSlopes(8), (slope) => -Math.log2(slope))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const twelve = Array.from(alibiSlopes(12), (slope) => Number((-Math.log2(slope)).toFixed(12)));
  expect(twelve).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0.5, 1.5, 2.5, 3.5]);
  expect(Array.from(alibiSlopes(1))).toEqual([2 ** -8]);
});

test('a masked key gets exactly zero pattern; rows sum to 1 and do not move with a shift', () => {
  expect(softmax(Float64Array.of(NONE, 3, NONE), 3)).toEqual(Float64Array.of(0, 1, 0));
  const scores = fc.array(fc.double({ min: -700, max: 700, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(scores, (row) => {
      const pattern = softmax(Float64Array.from([...row, NONE]), row.length + 1);
      expect(pattern.at(-1)).toBe(0);
      expect(Math.abs(pattern.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-14);
      const shifted = softmax(Float64Array.from([...row.map((x) => x + 1024), NONE]), row.length + 1);
      pattern.forEach((p, i) => {
        expect(Math.abs(p - (shifted[i] ?? Number.NaN))).toBeLessThan(1e-11);
      });
    }),
  );
});

test('a row that is masked whole is an error', () => {
  expect(() => softmax(Float64Array.of(0, 0, NONE, NONE), 2)).toThrow('softmax row 1');
});

test('z weighs the values of the head that each query head reads', () => {
  const pattern = { shape: [2, 2, 2], values: Float64Array.of(1, 0, 0.25, 0.75, 1, 0, 0.5, 0.5) };
  const v = { shape: [2, 1, 2], values: Float64Array.of(4, 8, 0, 16) };
  expect(attnZ(pattern, v)).toEqual({ shape: [2, 2, 2], values: Float64Array.of(4, 8, 4, 8, 1, 14, 2, 12) });
});

test('repeat_kv copies heads in groups, and attention over the copy is the same to the bit', () => {
  const v = { shape: [1, 2, 2], values: Float64Array.of(1, 2, 3, 4) };
  const repeated = repeatKv(v, 4);
  expect(repeated).toEqual({ shape: [1, 4, 2], values: Float64Array.of(1, 2, 1, 2, 3, 4, 3, 4) });
  const pattern = { shape: [4, 1, 1], values: Float64Array.of(1, 0.5, 0.25, 0.125) };
  expect(attnZ(pattern, repeated)).toEqual(attnZ(pattern, v));
});

test('an embedding gathers columns and scales them; a column that is not there is named', () => {
  const W_E = { rows: 2, columns: 3, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
  expect(embed(W_E, [2, 0], 10)).toEqual(Float64Array.of(30, 60, 10, 40));
  expect(() => embed(W_E, [0, 3], 1)).toThrow('position 1 asks for column 3 of an embedding of 3 columns');
});

test('only streams of one length are added', () => {
  expect(add(Float64Array.of(1, 2), Float64Array.of(10, 20))).toEqual(Float64Array.of(11, 22));
  expect(() => add(new Float64Array(2), new Float64Array(3))).toThrow('cannot add 3 elements to 2');
});
