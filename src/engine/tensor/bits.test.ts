import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bf16ToF32Bits,
  bitsOfF32,
  f16ToF32Bits,
  f32BitsToBf16,
  f32BitsToF16,
  f32OfBits,
  f64FromBytes,
  narrowFromF32,
  widenToF32,
} from './bits.ts';

const everyHalf = Array.from({ length: 65536 }, (_, half) => half);
const isNan16 = (half: number): boolean => (half & 0x7fff) > 0x7c00;
const isNanB16 = (half: number): boolean => (half & 0x7fff) > 0x7f80;

/** The value of an f16 by its definition. */
function f16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test('every f16 widens to the value of its definition', () => {
  expect(everyHalf.filter((half) => !Object.is(f32OfBits(f16ToF32Bits(half)), f16Value(half)))).toEqual([]);
});

test('every f16 and every bf16 that is a number comes back from f32 with its bits', () => {
  const changed = everyHalf.filter((h) => !isNan16(h) && f32BitsToF16(f16ToF32Bits(h)) !== h);
  const changedB = everyHalf.filter((h) => !isNanB16(h) && f32BitsToBf16(bf16ToF32Bits(h)) !== h);
  expect([changed, changedB]).toEqual([[], []]);
});

test('a NaN stays a NaN in both narrow types, even where only its low payload bits are set', () => {
  for (const nan of [0x7f800001, 0xff800001, 0x7fc00000, 0xffffffff]) {
    expect(isNan16(f32BitsToF16(nan))).toBe(true);
    expect(isNanB16(f32BitsToBf16(nan))).toBe(true);
  }
});

test('narrowing picks the nearest, and of two equally near the even one', () => {
  const kinds = [
    { narrow: f32BitsToF16, widen: f16ToF32Bits, infinity: 0x7c00 },
    { narrow: f32BitsToBf16, widen: bf16ToF32Bits, infinity: 0x7f80 },
  ];
  for (const { narrow, widen, infinity } of kinds) {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: infinity - 2 }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (half, share) => {
          const low = f32OfBits(widen(half));
          const high = f32OfBits(widen(half + 1));
          const value = Math.fround(low + (high - low) * share);
          const toLow = value - low;
          const toHigh = high - value;
          const nearest = toLow < toHigh || (toLow === toHigh && half % 2 === 0) ? half : half + 1;
          return narrow(bitsOfF32(value)) === nearest && narrow(bitsOfF32(-value)) === (nearest | 0x8000);
        },
      ),
      { numRuns: 3000 },
    );
  }
});

test.each([
  [65504, 0x7bff],
  [65519.996, 0x7bff],
  [65520, 0x7c00],
  [1e9, 0x7c00],
  [2 ** -25, 0], // halfway between 0 and the smallest: even is 0
  [2 ** -25 * 1.0001, 1],
  [2 ** -14, 0x0400],
  [2 ** -14 - 2 ** -26, 0x0400], // from the subnormals up into the smallest normal
])('%f narrows to f16 %i', (value, half) => {
  expect(f32BitsToF16(bitsOfF32(value))).toBe(half);
});

test('bf16 rounds ties to even and overflows to infinity', () => {
  expect(f32BitsToBf16(0x3f808000)).toBe(0x3f80);
  expect(f32BitsToBf16(0x3f818000)).toBe(0x3f82);
  expect(f32BitsToBf16(0x7f7fffff)).toBe(0x7f80);
});

test('a payload at an odd offset of its buffer is widened', () => {
  const bytes = new Uint8Array([9, 0x80, 0x3f, 0x00, 0xc0]).subarray(1);
  expect([...widenToF32(bytes, 'bf16')]).toEqual([1, -2]);
  expect([...widenToF32(new Uint8Array([9, 0x00, 0x3c]).subarray(1), 'f16')]).toEqual([1]);
  expect([...widenToF32(new Uint8Array([9, 0, 0, 0x20, 0x41]).subarray(1), 'f32')]).toEqual([10]);
  expect([...f64FromBytes(new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]).subarray(1))]).toEqual([1]);
});

test('a payload of half an element is refused', () => {
  expect(() => widenToF32(new Uint8Array(3), 'f16')).toThrow('internal: 3 bytes');
});

test('an array is narrowed element by element, also from the middle of its buffer', () => {
  const values = new Float32Array([7, 1, -2]).subarray(1);
  expect([...narrowFromF32(values, 'bf16')]).toEqual([0x3f80, 0xc000]);
  expect([...narrowFromF32(values, 'f16')]).toEqual([0x3c00, 0xc000]);
});
