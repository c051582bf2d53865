// Runs single dispatches for the kernels' tests: seeded inputs laid out with padding that must not be read, one run, results read
// back dense, and a report of what departs from the twin.
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { BufferSlot, type GpuTensor, rowStrides } from '../../src/engine/gpu/gpuTensor.ts';
import { type Dispatch, Plan } from '../../src/engine/gpu/plan.ts';
import { readTensors } from '../../src/engine/gpu/readback.ts';
import { type PanelMatrix, panelBytes } from '../../src/engine/kernels/gpuWeight.ts';
import { bitsOfF32, narrowFromF32, widenToF32 } from '../../src/engine/tensor/bits.ts';
import type { WeightDtype } from '../../src/engine/tensor/dtype.ts';
import { elementCount, formatShape, type Shape, unravel } from '../../src/engine/tensor/shape.ts';

/** What a buffer holds before the run. */
export type Upload = readonly [slot: BufferSlot, values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>];

export type KernelRun = {
  readonly uploads: readonly Upload[];
  readonly dispatches: readonly Dispatch[];
  readonly results: readonly GpuTensor[];
};

/** Runs the dispatches in one pass and reads the results back, dense and in the order given. */
export async function runKernels(gpu: Gpu, { uploads, dispatches, results }: KernelRun): Promise<Float32Array[]> {
  const slots = [...new Set([...dispatches.flatMap((dispatch) => dispatch.buffers), ...uploads.map(([slot]) => slot)])];
  const plan = await Plan.make(gpu, dispatches, slots);
  try {
    for (const [slot, values] of uploads) gpu.device.queue.writeBuffer(slot.buffer, 0, values);
    const encoder = gpu.device.createCommandEncoder();
    plan.encode(encoder);
    gpu.device.queue.submit([encoder.finish()]);
    return await readTensors(gpu, results);
  } finally {
    plan.destroy();
  }
}

/** The one result of a run that has one. */
export async function runForOne(gpu: Gpu, run: KernelRun): Promise<Float32Array> {
  const [result] = await runKernels(gpu, run);
  if (!result) throw new Error('internal: the run names no result');
  return result;
}

/** Seeded f32 values in [−magnitude, magnitude), by a linear congruential generator (Numerical Recipes). */
export function seeded(count: number, seed: number, magnitude = 1): Float32Array<ArrayBuffer> {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * magnitude;
  });
}

/** Plans a tensor in a buffer of its own: rows padded to vec4s, unless strides are given; `offset` elements before the first. */
export function planned(label: string, shape: Shape, strides: Shape = rowStrides(shape, 1), offset = 0): GpuTensor {
  const span = offset + (shape[0] ?? 1) * (strides[0] ?? 1);
  return { label, slot: new BufferSlot(label, span * 4), shape, strides, offset };
}

/** An upload of dense values to where the tensor's strides put them; all else becomes `padding`, NaN unless a kernel reads it. */
export function laidOut(tensor: GpuTensor, values: Float32Array, padding = Number.NaN): Upload {
  const span = new Float32Array(tensor.slot.byteLength / 4).fill(padding);
  values.forEach((value, i) => {
    const index = unravel(i, tensor.shape);
    span[tensor.offset + index.reduce((at, step, axis) => at + step * (tensor.strides[axis] ?? 0), 0)] = value;
  });
  return [tensor.slot, span];
}

/** An upload of values that are dense in a buffer of their own. */
export function vector(label: string, values: Float32Array<ArrayBuffer>): Upload {
  return [new BufferSlot(label, values.byteLength), values];
}

/** Rounds values to what the dtype stores. */
export function rounded(values: Float32Array<ArrayBuffer>, dtype: WeightDtype): Float32Array<ArrayBuffer> {
  if (dtype === 'f32') return values;
  return widenToF32(new Uint8Array(narrowFromF32(values, dtype).buffer), dtype);
}

/** Plans a matrix in panels, of all its groups. */
export function plannedPanels(rows: number, groups: number, groupColumns: number, dtype: WeightDtype): PanelMatrix {
  const slot = new BufferSlot('W', panelBytes(rows, groups, groupColumns, dtype));
  return { slot, dtype, rows, groups, groupColumns, firstGroup: 0 };
}

/** The words of a matrix [rows, groups · groupColumns] in panels, element by element as `PanelMatrix` tells it. */
export function panelWords(matrix: PanelMatrix, values: Float32Array): Uint32Array<ArrayBuffer> {
  const { dtype, rows, groups, groupColumns } = matrix;
  const [perGroup, paddedRows] = [Math.ceil(groupColumns / 8), Math.ceil(rows / 4) * 4];
  const elements = new Float32Array(groups * perGroup * paddedRows * 8);
  values.forEach((value, i) => {
    const [k, n] = [Math.floor(i / (groups * groupColumns)), i % (groups * groupColumns)];
    const column = n % groupColumns;
    const panel = Math.floor(n / groupColumns) * perGroup + Math.floor(column / 8);
    elements[(panel * paddedRows + k) * 8 + (column % 8)] = value;
  });
  return new Uint32Array(dtype === 'f32' ? elements.buffer : narrowFromF32(elements, dtype).buffer);
}

/** The bits of f32 values, so that −0 and NaN payloads count. */
export function bitsOf(values: Float32Array): Uint32Array {
  return Uint32Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length));
}

export type Comparison = {
  readonly shape: Shape;
  readonly ours: Float32Array;
  readonly truth: Float64Array;
  readonly allowed: (i: number) => number; // absolute error of element i
};

/** Says where the first element departs by more than it may, or null. Equal infinities agree; NaN never does. */
export function departure({ shape, ours, truth, allowed }: Comparison): string | null {
  if (ours.length !== elementCount(shape) || truth.length !== ours.length) {
    return `${ours.length} elements, the twin ${truth.length}, shape ${formatShape(shape)}`;
  }
  const at = (i: number) => [ours[i] ?? Number.NaN, truth[i] ?? Number.NaN] as const;
  const failing = Array.from(ours.keys()).filter((i) => {
    const [a, b] = at(i);
    return !(a === b || Math.abs(a - b) <= allowed(i));
  });
  const [first] = failing;
  if (first === undefined) return null;
  const [a, b] = at(first);
  const around = Array.from(ours.subarray(Math.max(0, first - 1), first + 2)).join(', ');
  return (
    `at ${formatShape(unravel(first, shape))} of ${formatShape(shape)}: ${a} (bits ${bitsOfF32(a).toString(16)}), ` +
    `expected ${b}, allowed ${allowed(first)}; around: ${around}; ${failing.length} of ${ours.length} fail`
  );
}
