import { beforeAll, describe, expect, test } from 'vitest';
import { type SweptFunction, sweepOnGpu, sweepPoints } from '../../../test/support/functionSweep.ts';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { erfc, erf as erfF64 } from '../reference/erf.ts';
import { product, quotient, squareRoot } from '../reference/portable.ts';
import { erf, exp, tanh } from '../reference/portableFunctions.ts';
import { SMALLEST_NORMAL, SMALLEST_PRODUCT } from '../tensor/tolerances.ts';
import { ulpOf } from '../tensor/ulp.ts';
import { NATIVE_F32, type Numerics } from './numerics.ts';

const PORTABLE: Numerics = { ...NATIVE_F32, arithmetic: 'portable' };

/** Where something happens, besides the bit patterns of the whole range of normal numbers. */
const DENSE = Float32Array.from({ length: 40_001 }, (_, i) => (i - 20_000) / 200);
const POINTS = Float32Array.from(new Set([...sweepPoints(40_000), ...DENSE]))
  .filter((x) => x === 0 || Math.abs(x) >= SMALLEST_NORMAL)
  .sort();
const POSITIVE = POINTS.filter((x) => x > 0);

type Case = {
  readonly name: SweptFunction;
  readonly points: Float32Array<ArrayBuffer>;
  readonly portable: (x: number) => number; // the definition, in f32
  readonly truth: (x: number) => number; // in f64
  readonly ulp: number; // allowed
  readonly direction: 1 | -1; // as x grows
};

/** 1 − erfc where erf is close to 1, so that no truth is off by f64's own cancellation. */
const erfTruth = (x: number): number => (x > 0.5 ? 1 - erfc(x) : x < -0.5 ? erfc(-x) - 1 : erfF64(x));

const CASES: readonly Case[] = [
  { name: 'exp', points: POINTS, portable: exp, truth: Math.exp, ulp: 1.5, direction: 1 },
  { name: 'tanh', points: POINTS, portable: tanh, truth: Math.tanh, ulp: 4, direction: 1 },
  { name: 'erf', points: POINTS, portable: erf, truth: erfTruth, ulp: 4, direction: 1 },
  {
    name: 'reciprocal',
    points: POSITIVE,
    portable: (x) => quotient(1, x),
    truth: (x) => 1 / x,
    ulp: 0.5,
    direction: -1,
  },
  { name: 'squareRoot', points: POSITIVE, portable: squareRoot, truth: Math.sqrt, ulp: 0.5, direction: 1 },
  {
    name: 'inverseSquareRoot',
    points: POSITIVE,
    portable: (x) => quotient(1, squareRoot(x)),
    truth: (x) => 1 / Math.sqrt(x),
    ulp: 1.5,
    direction: -1,
  },
];

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

describe.each(CASES)('$name', ({ name, points, portable, truth, ulp, direction }) => {
  let onGpu: Float32Array;
  beforeAll(async () => {
    onGpu = await sweepOnGpu(gpu, name, points, PORTABLE);
  });

  test('is the same on the GPU as in JavaScript, bit for bit', () => {
    const ours = bitsOf(points.map(portable));
    const theirs = bitsOf(onGpu);
    expect([...points].filter((_, i) => ours[i] !== theirs[i]).slice(0, 5)).toEqual([]);
  });

  test(`is within ${ulp} ULP of the truth, 0 below the normal range, and never NaN`, () => {
    const wrong: string[] = [];
    points.forEach((x, i) => {
      const [ours, exact] = [onGpu[i] ?? Number.NaN, truth(x)];
      const overflows = Math.abs(exact) >= 2 ** 128 && ours === Math.sign(exact) * Number.POSITIVE_INFINITY;
      const underflows = Math.abs(exact) < (1 + 2 ** -24) * SMALLEST_PRODUCT && ours === 0;
      if (!(Math.abs(ours - exact) <= ulp * ulpOf(exact) * (1 + 2 ** -20) || overflows || underflows)) {
        wrong.push(`${name}(${x}) = ${ours}, expected ${exact}`);
      }
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('never turns back', () => {
    const turns = [...points].filter((_, i) => i > 0 && ((onGpu[i] ?? 0) - (onGpu[i - 1] ?? 0)) * direction < 0);
    expect(turns.slice(0, 5)).toEqual([]);
  });
});

test('a product below 2⁻¹⁰⁰ is +0, on the GPU as in JavaScript, whatever its sign', async () => {
  const onGpu = bitsOf(await sweepOnGpu(gpu, 'square', POINTS, PORTABLE));
  const defined = bitsOf(POINTS.map((x) => product(x, x)));
  expect([...POINTS].filter((_, i) => onGpu[i] !== defined[i])).toEqual([]);
  expect(Object.is(product(-(2 ** -60), 2 ** -60), 0)).toBe(true);
});

test('exp is monotone around every joint of its range reduction', () => {
  const turns: number[] = [];
  const f32 = new Float32Array(1);
  const bits = new Int32Array(f32.buffer);
  for (let n = -125; n <= 127; n++) {
    f32[0] = n * Math.LN2;
    const middle = bits[0] ?? 0;
    let last = Number.NaN;
    for (let step = -200; step <= 200; step++) {
      bits[0] = middle + step * (n < 0 ? -1 : 1);
      const value = exp(f32[0] ?? 0);
      if (value < last) turns.push(n);
      last = value;
    }
  }
  expect(turns).toEqual([]);
});
