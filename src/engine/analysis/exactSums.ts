// The sums of a tensor, exact: x = ±m·2^(e − 150) with m of 24 bits, so that Σx and Σx² are whole numbers an exponent, and mean and
// deviation are rounded once, at their end. On the GPU kernels/tensorSums.wgsl counts the same.
import { SUMS_HEADER, WORDS_AN_EXPONENT } from '../kernels/inspect.ts';
import { bitsOf, f32OfBits, f32OfKey } from '../tensor/bits.ts';

const EXPONENTS = 255; // 0 to 254; what 255 marks is not finite
const SMALLEST = 2 ** -149; // the unit of Σx

/** Whole numbers below 2⁵³, as long as a tensor has fewer than 2²⁹ elements. */
export type ExactSums = {
  readonly counted: number; // finite elements
  readonly min: number; // of them; 0 where there are none
  readonly max: number;
  readonly smallest: number; // least |x| that is not 0; 0 where there is none
  readonly perExponent: {
    readonly plus: Float64Array; // Σm of x ≥ 0
    readonly minus: Float64Array; // Σm of x < 0
    readonly squaresHigh: Float64Array; // Σ⌊m² / 2²⁴⌋
    readonly squaresLow: Float64Array; // Σ(m² mod 2²⁴)
  };
};

/** Adds up a tensor on the CPU. */
export function exactSums(values: Float32Array): ExactSums {
  const bits = bitsOf(values);
  const perExponent = noSums();
  const { plus, minus, squaresHigh, squaresLow } = perExponent;
  let [counted, min, max, smallest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) continue;
    counted += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value === 0) continue;
    smallest = Math.min(smallest, Math.abs(value));
    const e = ((bits[i] ?? 0) >>> 23) & 0xff;
    const m = ((bits[i] ?? 0) & 0x7fffff) | (e === 0 ? 0 : 0x800000);
    const at = Math.max(e, 1);
    const square = m * m; // 48 bits
    const sums = value < 0 ? minus : plus;
    sums[at] = (sums[at] ?? 0) + m;
    squaresHigh[at] = (squaresHigh[at] ?? 0) + Math.floor(square / 2 ** 24);
    squaresLow[at] = (squaresLow[at] ?? 0) + (square % 2 ** 24);
  }
  if (counted === 0) [min, max] = [0, 0];
  return { counted, min, max, smallest: smallest === Number.POSITIVE_INFINITY ? 0 : smallest, perExponent };
}

/** Reads what tensorSums.wgsl counted, [SUMS_WORDS]. */
export function readSums(words: Uint32Array): ExactSums {
  const perExponent = noSums();
  const { plus, minus, squaresHigh, squaresLow } = perExponent;
  [plus, minus, squaresHigh, squaresLow].forEach((sums, which) => {
    for (let e = 0; e < EXPONENTS; e++) {
      const at = SUMS_HEADER + WORDS_AN_EXPONENT * e + 2 * which;
      sums[e] = (words[at] ?? 0) + (words[at + 1] ?? 0) * 2 ** 32;
    }
  });
  const [counted = 0, greatest = 0, least = 0, smallest = 0] = words;
  return {
    counted,
    min: counted === 0 ? 0 : f32OfKey(~least >>> 0),
    max: counted === 0 ? 0 : f32OfKey(greatest),
    smallest: smallest === 0 ? 0 : f32OfBits(~smallest >>> 0),
    perExponent,
  };
}

/** Mean, RMS and standard deviation of the finite elements. */
export function momentsOf({ counted, perExponent }: ExactSums): Record<'mean' | 'rms' | 'std', number> {
  if (counted === 0) return { mean: 0, rms: 0, std: 0 };
  const { plus, minus, squaresHigh, squaresLow } = perExponent;
  let [sum, squares] = [0n, 0n]; // in units of 2⁻¹⁴⁹ and of 2⁻²⁹⁸
  for (let e = 1; e < EXPONENTS; e++) {
    const up = BigInt(e - 1);
    sum += BigInt((plus[e] ?? 0) - (minus[e] ?? 0)) << up;
    squares += ((BigInt(squaresHigh[e] ?? 0) << 24n) + BigInt(squaresLow[e] ?? 0)) << (2n * up);
  }
  const n = BigInt(counted);
  return {
    mean: (Number(sum) / counted) * SMALLEST,
    rms: Math.sqrt(Number(squares) / counted) * SMALLEST,
    std: (Math.sqrt(Number(n * squares - sum * sum)) / counted) * SMALLEST,
  };
}

function noSums(): ExactSums['perExponent'] {
  const zeros = () => new Float64Array(EXPONENTS);
  return { plus: zeros(), minus: zeros(), squaresHigh: zeros(), squaresLow: zeros() };
}
