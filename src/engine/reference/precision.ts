// What a result is rounded to before it is stored: f32 as it is, f16 or bf16 as the type would. Twin of kernels/shared/precision.wgsl.
import { bf16ToF32Bits, bitsOfF32, f16ToF32Bits, f32BitsToBf16, f32BitsToF16, f32OfBits } from '../tensor/bits.ts';

export type Precision = 'f32' | 'f16' | 'bf16';

/** Gives the rounding of an f32 to a precision, ties to even. */
export function roundingTo(precision: Precision): (x: number) => number {
  switch (precision) {
    case 'f32':
      return (x) => x;
    case 'f16':
      return (x) => f32OfBits(f16ToF32Bits(f32BitsToF16(bitsOfF32(x))));
    case 'bf16':
      return (x) => f32OfBits(bf16ToF32Bits(f32BitsToBf16(bitsOfF32(x))));
    default:
      return precision satisfies never;
  }
}
