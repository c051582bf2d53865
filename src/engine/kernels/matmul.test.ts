import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor, paddedRow } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { readTensors } from '../gpu/readback.ts';
import { productBound } from '../tensor/tolerances.ts';
import { type PanelMatrix, panelBytes } from './gpuWeight.ts';
import { layoutWeight } from './layoutWeight.ts';
import { matmul, type SumOrder } from './matmul.ts';
import { type ProductPlan, registerPlan } from './productPlan.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const PLAN = registerPlan(8, 4, 1);
const CANONICAL: SumOrder = { kind: 'canonical' };

type Shape = { readonly rows: number; readonly k: number; readonly n: number };

/** Seeded values in [−1, 1): the same for every test. */
function values(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** x [rows, k] · W [k, n] on the GPU, W given as a Linear's [n, k] and laid out in panels first. */
async function product(
  { rows, k, n }: Shape,
  order = CANONICAL,
  productPlan: ProductPlan = PLAN,
): Promise<Float32Array> {
  const source = new BufferSlot('source', n * k * 4);
  const w: PanelMatrix = {
    slot: new BufferSlot('W', panelBytes(k, 1, n, 'f32')),
    dtype: 'f32',
    rows: k,
    groups: 1,
    groupColumns: n,
    firstGroup: 0,
  };
  const none = new BufferSlot('none', 16);
  const x = rowsOf('x', rows, k);
  const y = rowsOf('y', rows, n);
  const view = { offset: 0, rowStride: 1, columnStride: k, columnsPerGroup: n, groupStride: 0 };
  const piece = { slot: source, dtype: 'f32', base: 0, elements: n * k, first: 0 } as const;
  const dispatches = [
    ...layoutWeight({ label: 'W', source: piece, view, target: w }),
    matmul({
      label: 'y',
      x,
      rows,
      w,
      b: { slot: none, present: false },
      y,
      yRowStride: paddedRow(n),
      xRowStride: paddedRow(k),
      xGroupStride: 0,
      order,
      plan: productPlan,
    }),
  ];
  const plan = await Plan.make(gpu, dispatches, [source, w.slot, none, x.slot, y.slot]);
  gpu.device.queue.writeBuffer(source.buffer, 0, values(n * k, 1));
  const input = values(rows * k, 2);
  for (let row = 0; row < rows; row++) {
    gpu.device.queue.writeBuffer(x.slot.buffer, row * paddedRow(k) * 4, input, row * k, k);
  }
  const encoder = gpu.device.createCommandEncoder();
  plan.encode(encoder);
  gpu.device.queue.submit([encoder.finish()]);
  const [result = new Float32Array()] = await readTensors(gpu, [y]);
  plan.destroy();
  return result;
}

function rowsOf(label: string, rows: number, columns: number): GpuTensor {
  const stride = paddedRow(columns);
  const slot = new BufferSlot(label, rows * stride * 4);
  return { label, slot, shape: [rows, columns], strides: [stride, 1], offset: 0 };
}

/** How far the result is from the f64 sum, as a share of the bound of n roundings: n·2⁻²⁴·Σ|x·w|. */
function worstShareOfBound({ rows, k, n }: Shape, result: Float32Array): number {
  const [w, x] = [values(n * k, 1), values(rows * k, 2)];
  let worst = 0;
  for (let i = 0; i < rows * n; i++) {
    let [sum, sumAbs] = [0, 0];
    for (let j = 0; j < k; j++) {
      const term = (x[Math.floor(i / n) * k + j] ?? 0) * (w[(i % n) * k + j] ?? 0);
      sum += term;
      sumAbs += Math.abs(term);
    }
    worst = Math.max(worst, Math.abs((result[i] ?? Number.NaN) - sum) / productBound(k, sumAbs));
  }
  return worst;
}

/** Root mean square distance from the f64 sums. */
function rmsError({ rows, k, n }: Shape, result: Float32Array): number {
  const [w, x] = [values(n * k, 1), values(rows * k, 2)];
  let squares = 0;
  for (let i = 0; i < rows * n; i++) {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += (x[Math.floor(i / n) * k + j] ?? 0) * (w[(i % n) * k + j] ?? 0);
    squares += ((result[i] ?? Number.NaN) - sum) ** 2;
  }
  return Math.sqrt(squares / (rows * n));
}

const SHAPES: readonly Shape[] = [
  { rows: 16, k: 64, n: 32 },
  { rows: 1, k: 64, n: 32 },
  { rows: 7, k: 64, n: 32 },
  { rows: 16, k: 1, n: 32 },
  { rows: 16, k: 67, n: 32 },
  { rows: 16, k: 64, n: 1 },
  { rows: 16, k: 64, n: 37 },
  { rows: 33, k: 129, n: 65 },
];

const ORDERS: readonly SumOrder[] = [
  CANONICAL,
  { kind: 'reversed' },
  { kind: 'pairwise' },
  { kind: 'blocked', blockLength: 16 },
  { kind: 'splitK', chunks: 4 },
];

describe.each(SHAPES)('[$rows, $k] × [$k, $n]', (shape) => {
  test.each(ORDERS)('in order $kind, each sum is within its bound of the f64 sum', async (order) => {
    expect(worstShareOfBound(shape, await product(shape, order))).toBeLessThanOrEqual(1);
  });
});

test('compensated sums are nearer to f64 than canonical ones', async () => {
  const shape = { rows: 8, k: 1536, n: 32 };
  const canonical = rmsError(shape, await product(shape));
  const compensated = rmsError(shape, await product(shape, { kind: 'compensated' }));
  // A canonical sum rounds at partial sums that grow as √k, a compensated one at its end and, where fma is not one rounding, at each
  // product: at least √k / 4 times less, of which half is left to chance.
  expect(compensated).toBeLessThan((canonical * 8) / Math.sqrt(shape.k));
});

test('every tile gives the same bits', async () => {
  const shape = { rows: 33, k: 129, n: 65 };
  const reference = await product(shape);
  for (const rows of [1, 2, 4] as const) {
    expect(await product(shape, CANONICAL, registerPlan(rows, 2, 3))).toEqual(reference);
  }
});

test('blocked(K) and splitK(1) are the canonical sum', async () => {
  const shape = { rows: 5, k: 129, n: 9 };
  const reference = await product(shape);
  expect(await product(shape, { kind: 'blocked', blockLength: 129 })).toEqual(reference);
  expect(await product(shape, { kind: 'splitK', chunks: 1 })).toEqual(reference);
});
