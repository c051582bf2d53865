import { expect, test } from 'vitest';
import { layerNorm } from './layerNorm.ts';
import { NO_NORM_HOOKS, norm } from './norm.ts';
import { rmsNorm } from './rmsNorm.ts';

const vector = (...values: number[]) => ({ rows: 1, columns: values.length, values: Float64Array.from(values) });

test('RMSNorm divides by the root mean square, then weighs with the offset', () => {
  const { scale, normalized, out } = rmsNorm(Float64Array.of(1, 7), Float64Array.of(2, 1), 0, 1);
  expect(scale).toEqual(Float64Array.of(5));
  expect(normalized).toEqual(Float64Array.of(0.2, 1.4));
  expect(Array.from(out).map((x) => x.toFixed(12))).toEqual(['0.600000000000', '2.800000000000']);
});

test('LayerNorm takes the mean away; normalized is before w and b', () => {
  const { scale, normalized, out } = layerNorm(
    Float64Array.of(1, 5),
    Float64Array.of(2, 3),
    Float64Array.of(10, 20),
    0,
  );
  expect(scale).toEqual(Float64Array.of(2));
  expect(normalized).toEqual(Float64Array.of(-1, 1));
  expect(out).toEqual(Float64Array.of(8, 23));
});

test('eps stands under the root, so that a row of zeros stays finite', () => {
  expect(rmsNorm(new Float64Array(2), Float64Array.of(1, 1), 4, 0)).toMatchObject({ scale: Float64Array.of(2) });
  expect(layerNorm(Float64Array.of(3, 3), Float64Array.of(1, 1), null, 4).out).toEqual(new Float64Array(2));
});

test('rows are normalised each for itself, whatever axes stand before', () => {
  const x = { shape: [1, 2, 2], values: Float64Array.of(1, 7, 3, 3) };
  const settings = { normalization: 'RMS', normEps: 0, normWeightOffset: 0 } as const;
  const out = norm(x, { w: vector(1, 1), b: null }, settings, NO_NORM_HOOKS);
  expect(out).toEqual({ shape: [1, 2, 2], values: Float64Array.of(0.2, 1.4, 1, 1) });
});

test('the hooks meet scale [..., 1] and normalized, and what they return goes on', () => {
  const x = { shape: [1, 2], values: Float64Array.of(1, 7) };
  const settings = { normalization: 'RMS', normEps: 0, normWeightOffset: 0 } as const;
  const out = norm(x, { w: vector(3, 3), b: null }, settings, {
    scale: (tensor) => ({ shape: tensor.shape, values: tensor.values.map(() => 1) }),
    normalized: (tensor) => tensor,
  });
  expect(out.values).toEqual(Float64Array.of(3, 21));
});
