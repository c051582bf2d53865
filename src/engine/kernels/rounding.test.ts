// Rounding to f16 and bf16, exhaustively: every number of the type, the middle between it and the next, and the f32 on either side of it.
import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { planned, runForOne } from '../../../test/support/kernels.ts';
import { gpuOf } from '../gpu/device.ts';
import { roundingTo } from '../reference/precision.ts';
import { bf16ToF32Bits, bitsOfF32, f16ToF32Bits, f32OfBits } from '../tensor/bits.ts';
import { add } from './elementwise.ts';
import { withNumerics } from './numerics.ts';

const SMALLEST_NORMAL = 0x00800000; // f32 below it may be flushed by the adapter before anything is rounded

const WIDEN = { f16: f16ToF32Bits, bf16: bf16ToF32Bits } as const;

/** f32 bits of the numbers of a type and of what lies about each middle; both signs, infinities, no NaN. */
function candidates(precision: keyof typeof WIDEN): Float32Array<ArrayBuffer> {
  const bits: number[] = [];
  for (let narrow = 0; narrow < 0x10000; narrow++) {
    const [here, next] = [f32OfBits(WIDEN[precision](narrow)), f32OfBits(WIDEN[precision]((narrow + 1) & 0xffff))];
    if (Number.isNaN(here)) continue;
    const middle = bitsOfF32(Math.fround((here + next) / 2)) >>> 0;
    bits.push(bitsOfF32(here) >>> 0);
    if (Number.isFinite(here) && Number.isFinite(next) && Math.sign(here) === Math.sign(next)) {
      bits.push(middle - 1, middle, middle + 1);
    }
  }
  const normal = bits.filter((word) => (word & 0x7fffffff) >= SMALLEST_NORMAL || (word & 0x7fffffff) === 0);
  return new Float32Array(Uint32Array.from(normal).buffer);
}

test.each(['f16', 'bf16'] as const)(
  'every %s and every middle is rounded as the twin rounds it, 0 ULP',
  async (precision) => {
    const gpu = gpuOf(await testDevice());
    const values = candidates(precision);
    const shape = [Math.ceil(values.length / 4), 4];
    const [x, y, out] = ['x', 'minus zero', 'out'].map((label) => planned(label, shape));
    if (!x || !y || !out) throw new Error('internal: three tensors were planned');
    const count = 4 * (shape[0] ?? 0);
    const padded = new Float32Array(count);
    padded.set(values);
    const dispatch = withNumerics(add(x.slot, y.slot, out, count), { precision, arithmetic: 'native', bias: 'inside' });
    const uploads = [
      [x.slot, padded],
      [y.slot, new Float32Array(count).fill(-0)], // x + −0 is x, of either sign of zero
    ] as const;
    const rounded = await runForOne(gpu, { uploads, dispatches: [dispatch], results: [out] });
    const round = roundingTo(precision);
    const wrong = [...values].flatMap((value, i) => {
      const [ours, twin] = [bitsOfF32(rounded[i] ?? Number.NaN), bitsOfF32(round(value))];
      return ours === twin || (value === 0 && rounded[i] === 0)
        ? []
        : [`${value}: ${rounded[i]}, twin ${round(value)}`];
    });
    expect(values.length).toBeGreaterThan(200_000);
    expect(wrong.slice(0, 5)).toEqual([]);
  },
);
