import { expect, test } from 'vitest';
import { exactSums, momentsOf } from './exactSums.ts';
import { edgeKeys, sharedEdges, sharedHistogram, statisticsOf } from './statistics.ts';

test('what cancels is not lost: the mean is rounded once', () => {
  const { mean } = statisticsOf(Float32Array.of(2 ** 100, 1, -(2 ** 100), 2 ** -100));
  expect(mean).toBe((1 + 2 ** -100) / 4);
});

test('the deviation of nearly equal values is exact too, where Σx² − (Σx)²/n in f64 has no digit left', () => {
  const [low, high] = [1, 1 + 2 ** -23].map((x) => x * 2 ** 20);
  const values = Float32Array.of(low ?? 0, high ?? 0, low ?? 0, high ?? 0);
  expect(statisticsOf(values).std).toBe(2 ** -4); // half of their distance
});

test('a mean of equal elements is the element, of any size', () => {
  for (const x of [3.1, -2e38, 1e-40, 2 ** -149]) {
    const value = Math.fround(x);
    const { mean, rms, std } = momentsOf(exactSums(new Float32Array(7).fill(value)));
    expect([mean, rms, std]).toEqual([value, Math.abs(value), 0]);
  }
});

test('what is not finite is counted and left out', () => {
  const values = Float32Array.of(Number.NaN, 3, Number.NEGATIVE_INFINITY, -1);
  expect(statisticsOf(values)).toMatchObject({ n: 4, nonFinite: 2, mean: 1, min: -1, max: 3, absMax: 3 });
});

test('bins have their lower edge, the last one both; edges between two f32 are compared as the next above', () => {
  const values = Float32Array.from({ length: 49 }, (_, i) => i);
  const { a, edges } = sharedHistogram(values, null);
  expect(edges).toEqual([...values]);
  expect(a).toEqual([...new Array(47).fill(1), 2]);
  const keys = edgeKeys(sharedEdges([{ counted: 2, min: 1, max: 1 + 2 ** -23 }]));
  expect(new Set(keys)).toEqual(new Set([0xbf800001])); // all inner edges lie between the two elements
});
