// Runs one function of the kernels' shared arithmetic over many numbers on the GPU: what the accuracy sweeps measure.
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { type Numerics, numericKernel, withNumerics } from '../../src/engine/kernels/numerics.ts';
import activationsCode from '../../src/engine/kernels/shared/activations.wgsl?raw';
import expCode from '../../src/engine/kernels/shared/exp.wgsl?raw';
import { spread } from '../../src/engine/kernels/spread.ts';
import { f32OfBits } from '../../src/engine/tensor/bits.ts';
import sweepCode from './functionSweep.wgsl?raw';
import { planned, runForOne } from './kernels.ts';

const SWEEP = numericKernel('functionSweep', [expCode, activationsCode, sweepCode], ['uniform', 'read', 'write']);

const NUMBER = {
  exp: 0,
  tanh: 1,
  erf: 2,
  reciprocal: 3,
  squareRoot: 4,
  inverseSquareRoot: 5,
  square: 6,
  stored: 7,
} as const;

export type SweptFunction = keyof typeof NUMBER;

/** f of every number, on the GPU, under these numerics. */
export function sweepOnGpu(
  gpu: Gpu,
  f: SweptFunction,
  xs: Float32Array<ArrayBuffer>,
  numerics: Numerics,
): Promise<Float32Array> {
  const [x, y] = [planned('x', [xs.length]), planned('y', [xs.length])];
  const workgroups = spread(Math.ceil(xs.length / 64));
  const dispatch = withNumerics(
    {
      label: f,
      kernel: SWEEP,
      overrides: { function_number: NUMBER[f] },
      dims: [xs.length, workgroups[0] * 64],
      buffers: [x.slot, y.slot],
      workgroups,
      multiplyAdds: 0,
    },
    numerics,
  );
  return runForOne(gpu, { uploads: [[x.slot, xs]], dispatches: [dispatch], results: [y] });
}

/** Finite f32 in ascending order: every power of two of either sign with three neighbours each side, and `count` drawn bit patterns. */
export function sweepPoints(count: number): Float32Array<ArrayBuffer> {
  const bits = new Set<number>();
  for (let exponent = 1; exponent < 255; exponent++) {
    for (let step = -3; step <= 3; step++) bits.add(exponent * 0x800000 + step);
  }
  let state = 20_260_101;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bits.add((state & 0x7fffffff) % 0x7f800000);
  }
  const positive = [...bits].sort((a, b) => a - b).map(f32OfBits);
  return Float32Array.from([...positive.map((x) => -x).reverse(), ...positive]);
}
