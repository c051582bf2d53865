import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../tensor/random.ts';
import { type Complex, eigenvalues } from './eigenvalues.ts';

function matrix(n: number, seed: number): Float64Array {
  const random = randomStream(seed);
  return Float64Array.from({ length: n * n }, () => random() * 2 - 1);
}

/** tr(Aᵏ), which is the sum of the k-th powers of A's eigenvalues. */
function traceOfPower(a: Float64Array, n: number, k: number): number {
  let power = a.slice();
  for (let step = 1; step < k; step++) {
    power = power.map((_, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (power[row * n + i] ?? 0) * (a[i * n + column] ?? 0);
      return sum;
    });
  }
  let trace = 0;
  for (let i = 0; i < n; i++) trace += power[i * n + i] ?? 0;
  return trace;
}

function sumOfPowers(values: readonly Complex[], k: number): Complex {
  return values.reduce<Complex>(
    (sum, { re, im }) => {
      const [size, angle] = [Math.hypot(re, im) ** k, Math.atan2(im, re) * k];
      return { re: sum.re + size * Math.cos(angle), im: sum.im + size * Math.sin(angle) };
    },
    { re: 0, im: 0 },
  );
}

test('the eigenvalues of random matrices have the traces of the powers of the matrix', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), fc.nat(), (n, seed) => {
      const a = matrix(n, seed);
      const found = eigenvalues(a, n);
      expect(found).toHaveLength(n);
      for (const k of [1, 2, 3]) {
        const sum = sumOfPowers(found, k);
        const scale = found.reduce((total, { re, im }) => total + Math.hypot(re, im) ** k, 1);
        // Backward stable: an error of some n·ε of the matrix' norm, of which each power has k.
        expect(Math.abs(sum.re - traceOfPower(a, n, k))).toBeLessThan(1e-10 * scale * n);
        expect(Math.abs(sum.im)).toBeLessThan(1e-10 * scale * n);
      }
    }),
    { numRuns: 300 },
  );
});

test('known spectra: a diagonal, a rotation, a defective and a nilpotent matrix', () => {
  const real = (values: readonly Complex[]) => values.map(({ re }) => re).sort((a, b) => a - b);
  expect(real(eigenvalues(Float64Array.from([3, 0, 0, 0, -1, 0, 0, 0, 2]), 3))).toEqual([-1, 2, 3]);
  const turn = eigenvalues(Float64Array.from([0, -1, 1, 0]), 2);
  expect(turn.map(({ im }) => im).sort()).toEqual([-1, 1]);
  expect(real(eigenvalues(Float64Array.from([2, 1, 0, 2]), 2))).toEqual([2, 2]);
  expect(real(eigenvalues(new Float64Array(16), 4))).toEqual([0, 0, 0, 0]);
});

test('a permutation, on which the unshifted algorithm never ends, has the roots of unity', () => {
  const n = 5;
  const cycle = new Float64Array(n * n);
  for (let i = 0; i < n; i++) cycle[((i + 1) % n) * n + i] = 1;
  for (const { re, im } of eigenvalues(cycle, n)) expect(Math.hypot(re, im)).toBeCloseTo(1, 12);
});
