// Distance in units in the last place: how many f32 lie between two f32. Equality of bits is another question: −0 and +0 are 0 apart.
import { bitsOfF32 } from './bits.ts';

const EXPONENT_BIAS = 127;
const FRACTION_BITS = 23;

/** How many steps from one f32 to the other; 0 for −0 and +0; Infinity where either is NaN. */
export function ulpDistance(a: number, b: number): number {
  return ulpDistanceOfBits(bitsOfF32(a), bitsOfF32(b));
}

/** The same for bit patterns. */
export function ulpDistanceOfBits(a: number, b: number): number {
  if (isNanBits(a) || isNanBits(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(rank(a) - rank(b));
}

/** The gap between f32 numbers of this magnitude: from |x| to the next one away from zero. NaN for what is not finite. */
export function ulpOf(x: number): number {
  const exponent = (bitsOfF32(x) >>> FRACTION_BITS) & 0xff;
  if (exponent === 0xff) return Number.NaN;
  return 2 ** (Math.max(exponent, 1) - EXPONENT_BIAS - FRACTION_BITS);
}

/** Maps bits to integers in the order of the numbers they stand for; both zeros to 0. */
function rank(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  return bits >>> 31 === 1 ? -magnitude : magnitude;
}

function isNanBits(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000;
}
