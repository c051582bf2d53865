import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fmaF32 } from './fmaF32.ts';

const f32 = fc
  .float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 50), max: 2 ** 50 })
  .filter((x) => x === 0 || Math.abs(x) > 1e-15);
const SCALE = 1100; // every finite double is an integer times 2^−1100

/** A finite double as an integer multiple of 2^−1100: exact. */
function exactInteger(x: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)[0] ?? 0n;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const magnitude = fraction << BigInt(SCALE - 1075 + Math.max(exponent, 1));
  return bits < 0n ? -magnitude : magnitude;
}

const distance = (exact: bigint, x: number) => {
  const d = exact - exactInteger(x);
  return d < 0n ? -d : d;
};

function neighbours(x: number): number[] {
  const bits = new Int32Array(Float32Array.of(x).buffer)[0] ?? 0;
  return [bits - 1, bits + 1].map((b) => new Float32Array(Int32Array.of(b).buffer)[0] ?? 0).filter(Number.isFinite);
}

test('the result is the f32 nearest to the exact a·b + c', () => {
  fc.assert(
    fc.property(f32, f32, f32, (a, b, c) => {
      const result = fmaF32(a, b, c);
      const exact = exactInteger(a * b) + exactInteger(c); // a·b of two f32 is exact in f64
      for (const other of neighbours(result)) {
        expect(distance(exact, result) <= distance(exact, other)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a tie that rounding by way of f64 would make is not made', () => {
  const a = 2 ** -12 * (1 + 2 ** -20);
  const b = 2 ** -12 * (1 - 2 ** -20); // a·b = 2^−24 − 2^−64: a hair less than half a ULP of c
  const c = 1 + 2 ** -23; // odd last bit: a tie would be rounded up
  expect(Math.fround(a * b + c)).toBe(1 + 2 ** -22);
  expect(fmaF32(a, b, c)).toBe(c);
});

test('the product is not rounded before the sum', () => {
  const x = 1 + 2 ** -12;
  expect(fmaF32(x, x, -1)).toBe(2 ** -11 + 2 ** -24);
  expect(Math.fround(Math.fround(x * x) - 1)).not.toBe(2 ** -11 + 2 ** -24);
});
