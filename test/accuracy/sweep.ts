// One function over every f32 of some exponents: on the GPU and in JavaScript, beside the truth in f64. And what is said of the
// exponents left out, where it does one simple thing, held at a few thousand f32 of each.
import { expect } from 'vitest';
import { type Gpu, gpuOf } from '../../src/engine/gpu/device.ts';
import { NATIVE_F32 } from '../../src/engine/kernels/numerics.ts';
import { f32OfBits } from '../../src/engine/tensor/bits.ts';
import { ulpOf } from '../../src/engine/tensor/ulp.ts';
import { type SweptFunction, sweepOnGpu } from '../support/functionSweep.ts';
import { testDevice } from '../support/gpu.ts';

export type Swept = {
  readonly name: SweptFunction;
  readonly portable: (x: number) => number; // the definition, in f32
  readonly truth: (x: number) => number; // in f64
};

/** f32 of one sign whose exponents are e with 2^e from `from` up to below `to`: 2²³ each. */
export type Stretch = { readonly from: number; readonly to: number; readonly sign: 1 | -1 };

type Worst = { ulp: number; at: number };

const CHUNK = 2 ** 22;
const PORTABLE = { ...NATIVE_F32, arithmetic: 'portable' } as const;

/** Sweeps a stretch; holds that GPU and definition have the same bits, that nothing is NaN and nothing turns back. Tells the worst error. */
export async function sweep(of: Swept, { from, to, sign }: Stretch, direction: 1 | -1): Promise<Worst> {
  const gpu: Gpu = gpuOf(await testDevice());
  const worst: Worst = { ulp: 0, at: 0 };
  const faults: string[] = [];
  const values = new Float32Array(CHUNK);
  let last = Number.NaN;
  for (let bits = (from + 127) * 2 ** 23; bits < (to + 127) * 2 ** 23; bits += CHUNK) {
    const points = Uint32Array.from({ length: CHUNK }, (_, i) => (bits + i + (sign < 0 ? 0x80000000 : 0)) >>> 0);
    const xs = new Float32Array(points.buffer);
    const onGpu = await sweepOnGpu(gpu, of.name, xs, PORTABLE);
    last = measure({ of, xs, values, step: sign * direction, last }, worst, faults);
    const [ours, theirs] = [new Int32Array(values.buffer), new Int32Array(onGpu.buffer)];
    for (let i = 0; i < CHUNK; i++) if (ours[i] !== theirs[i]) faults.push(`other bits at ${xs[i]}`);
    expect(faults.slice(0, 5)).toEqual([]);
  }
  const swept = ((to - from) * 2 ** 23).toLocaleString('en');
  const range = `${sign < 0 ? '−' : ''}[2^${from}, 2^${to})`;
  process.stdout.write(
    `${of.name} ${range}: ${swept} f32, at most ${worst.ulp.toFixed(4)} ULP (at ${worst.at}), GPU = JavaScript\n`,
  );
  return worst;
}

type Measured = {
  readonly of: Swept;
  readonly xs: Float32Array;
  readonly values: Float32Array;
  readonly step: number; // how values go as the magnitude of x grows
  readonly last: number;
};

/** Computes values of a chunk and their errors; gives the last of them. */
function measure(
  { of: { portable, truth }, xs, values, step, last }: Measured,
  worst: Worst,
  faults: string[],
): number {
  let before = last;
  let [unit, low, high] = [0, 0, 0]; // a unit in the last place, of truths from low to high
  for (let i = 0; i < CHUNK; i++) {
    const x = xs[i] ?? 0;
    const [ours, exact] = [portable(x), truth(x)];
    values[i] = ours;
    if ((ours - before) * step < 0) faults.push(`turns back at ${x}`);
    before = ours;
    const size = Math.abs(exact);
    if (size < low || size >= high) {
      unit = ulpOf(exact);
      low = 2 ** Math.floor(Math.log2(size));
      high = 2 * low;
    }
    if (isDefinedAway(ours, size)) continue;
    const ulp = Math.abs(ours - exact) / unit;
    if (!(ulp <= worst.ulp)) [worst.ulp, worst.at] = [ulp, x]; // NaN too
  }
  return before;
}

/** Results beyond f32's normal range: 0 below it, infinite above. */
function isDefinedAway(ours: number, exact: number): boolean {
  return (
    (ours === 0 && exact <= 2 ** -126) ||
    (Math.abs(ours) === Number.POSITIVE_INFINITY && exact >= 2 ** 127 * (2 - 2 ** -23))
  );
}

/** Holds something of some thousands of f32 an exponent: the first, the last, and equally far between. */
export function holdsAt({ from, to, sign }: Stretch, says: (x: number) => boolean): void {
  const wrong: number[] = [];
  for (let exponent = from; exponent < to; exponent++) {
    for (let fraction = 0; fraction < 2 ** 23; fraction += 2047) {
      const x = sign * f32OfBits((exponent + 127) * 2 ** 23 + fraction);
      if (!says(x)) wrong.push(x);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
}
