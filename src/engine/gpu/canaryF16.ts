// The canary's question about f16: does a GPU that has the type round to it as the kernels do by integers (kernels/shared/precision.wgsl)?
// WGSL leaves the direction open, and what lies below 2⁻¹⁴ and beyond 65,504. Nothing is computed by it: docs/decisions/013.
import { bitsOfF32, f16ToF32Bits, f32BitsToF16, f32OfBits } from '../tensor/bits.ts';
import code from './canaryF16.wgsl?raw';
import type { Kernel } from './pipelineCache.ts';

export const CANARY_F16: Kernel = { name: 'canaryF16', code, bindings: ['uniform', 'read', 'write'] };

/** Of each power of two from 2⁻²⁶ to 2¹⁶: itself, both ties between three neighbours and a step beside each; of either sign. */
export const F16_POINTS: Float32Array<ArrayBuffer> = Float32Array.from(points());

function* points(): Generator<number> {
  for (let exponent = -26; exponent <= 16; exponent++) {
    const unit = 2 ** (Math.max(exponent, -14) - 10); // between two f16
    for (const near of [0, unit / 2, unit, 1.5 * unit]) {
      const bits = bitsOfF32(2 ** exponent + near);
      for (const step of [-1, 0, 1]) yield* [f32OfBits(bits + step), -f32OfBits(bits + step)];
    }
  }
  yield* [65_504, 65_519.99609375, 65_520, 1e30]; // the largest f16, what rounds to it, and what does not
}

/** Whether the results are those of the emulation, bit for bit. */
export function roundsAsEmulated(results: Float32Array): boolean {
  return F16_POINTS.every((x, i) => bitsOfF32(results[i] ?? Number.NaN) === f16ToF32Bits(f32BitsToF16(bitsOfF32(x))));
}
