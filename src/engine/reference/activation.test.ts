import { expect, test } from 'vitest';
import { activation, activationOf } from './activation.ts';
import { erf, erfc } from './erf.ts';
import { gatedActivation } from './gatedActivation.ts';

// Values: Python's math.erf and math.erfc, the C library's.
test.each([
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.4999999, 0.96610513458228],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [6, 1],
])('erf(%d) is %d', (x, value) => {
  expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
  expect(erf(-x)).toBe(-erf(x));
});

test('series and continued fraction meet', () => {
  expect(Math.abs(erf(1.5 - 1e-15) - erf(1.5))).toBeLessThan(1e-15);
});

test('erfc keeps its digits where erf is 1', () => {
  expect(erfc(5) / 1.5374597944280349e-12).toBeCloseTo(1, 13);
  expect(erfc(10) / 2.088487583762545e-45).toBeCloseTo(1, 13);
});

test.each([
  ['silu', 1, 0.7310585786300049],
  ['gelu', 1, 0.8413447460685429],
  ['gelu', -3, -0.004049694094890287],
  ['gelu_tanh', 1, 0.8411919906082768],
  ['relu', -2, 0],
  ['relu', 2, 2],
] as const)('%s(%d)', (name, x, value) => {
  expect(Math.abs(activationOf(name, x) - value)).toBeLessThan(1e-15);
});

test('all but relu are smooth through 0, and none overflows far out', () => {
  for (const name of ['silu', 'gelu', 'gelu_tanh', 'relu'] as const) {
    expect(activation(name, Float64Array.of(0, 800))).toEqual(Float64Array.of(0, 800));
    expect(Math.abs(activationOf(name, -800))).toBeLessThan(1e-300);
  }
});

test('the gate multiplies the up projection', () => {
  expect(gatedActivation('relu', Float64Array.of(2, -1), Float64Array.of(5, 5))).toEqual(Float64Array.of(10, -0 + 0));
});
