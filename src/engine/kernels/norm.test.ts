import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, departure, laidOut, planned, runKernels, seeded, vector } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { layerNorm as layerNormTwin } from '../reference/layerNorm.ts';
import { rmsNorm as rmsNormTwin } from '../reference/rmsNorm.ts';
import { gamma, layerNormBound, rmsNormBound } from '../tensor/tolerances.ts';
import { layerNorm, type NormRows, rmsNorm } from './norm.ts';
import type { RowPlan } from './rowPlan.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Kind = 'rms' | 'layer';
type Case = { readonly positions: number; readonly heads: number; readonly d: number };
type Options = { readonly plan?: RowPlan; readonly hasBias?: boolean; readonly weightOffset?: number };
type Outputs = { readonly scale: Float32Array; readonly normalized: Float32Array; readonly y: Float32Array };

const ROW_A_WORKGROUP: RowPlan = { lanes: 64, workgroupRows: 1 };
/** The last leaves rows of its last workgroup over. */
const PLANS: readonly RowPlan[] = [
  { lanes: 1, workgroupRows: 1 },
  { lanes: 4, workgroupRows: 1 },
  { lanes: 64, workgroupRows: 1 },
  { lanes: 1, workgroupRows: 4 },
  { lanes: 8, workgroupRows: 5 },
];
const EPS = Math.fround(1e-5);

function inputs({ positions, heads, d }: Case) {
  const x = seeded(positions * heads * d, 1, 3).map((value) => value + 0.5); // a mean that LayerNorm has to take away
  return { x, w: seeded(d, 2), b: seeded(d, 3) };
}

/** Heads begin at a multiple of 4, and positions 4 elements after the last head: NaN lies between. */
function apart(label: string, { positions, heads, d }: Case, offset: number): GpuTensor {
  const headStride = Math.ceil(d / 4) * 4;
  return planned(label, [positions, heads, d], [heads * headStride + 4, headStride, 1], offset);
}

async function run(kind: Kind, shape: Case, options: Options = {}): Promise<Outputs> {
  const { plan = ROW_A_WORKGROUP, hasBias = true, weightOffset = 0 } = options;
  const given = inputs(shape);
  const x = apart('x', shape, 8);
  const normalized = apart('normalized', shape, 0);
  const out = apart('y', shape, 0);
  const scale = planned('scale', [shape.positions, shape.heads, 1], [shape.heads + 3, 1, 1]);
  const [w, b] = [vector('w', given.w), vector('b', given.b)];
  const places = (tensor: GpuTensor) => {
    return { tensor, rowStride: tensor.strides[0] ?? 0, headStride: tensor.strides[1] ?? 0 };
  };
  const rows: NormRows = {
    ...shape,
    label: 'normalized',
    x: places(x),
    normalized: places(normalized),
    scale: places(scale),
    y: places(out),
    w: w[0],
    eps: EPS,
    plan,
  };
  const dispatch =
    kind === 'rms' ? rmsNorm({ ...rows, weightOffset }) : layerNorm({ ...rows, b: { slot: b[0], present: hasBias } });
  const results = await runKernels(gpu, {
    uploads: [laidOut(x, given.x), w, b],
    dispatches: [dispatch],
    results: [scale, normalized, out],
  });
  const [a = new Float32Array(), n = new Float32Array(), y = new Float32Array()] = results;
  return { scale: a, normalized: n, y };
}

/** The twin's three outputs, and what each element may err by. */
function truth(kind: Kind, shape: Case, { hasBias = true, weightOffset = 0 }: Options = {}) {
  const { x, w, b } = inputs(shape);
  const { d } = shape;
  const [x64, w64, b64] = [Float64Array.from(x), Float64Array.from(w), Float64Array.from(b)];
  const twin =
    kind === 'rms' ? rmsNormTwin(x64, w64, EPS, weightOffset) : layerNormTwin(x64, w64, hasBias ? b64 : null, EPS);
  const unitBound = (row: number, unit: number) => {
    if (kind === 'rms') return rmsNormBound(d, unit);
    const values = x64.subarray(row * d, (row + 1) * d).map(Math.abs);
    const meanAbs = values.reduce((sum, value) => sum + value, 0) / d;
    return layerNormBound(d, meanAbs, Math.max(...values), twin.scale[row] ?? Number.NaN, unit);
  };
  // The scale errs, relatively, by no more than a normalized value of 1 does.
  const scaleBound = (row: number) => (twin.scale[row] ?? Number.NaN) * unitBound(row, 1);
  const normalizedBound = (i: number) => unitBound(Math.floor(i / d), Math.abs(twin.normalized[i] ?? Number.NaN));
  // y inherits normalized's error times the weight; then weight + offset, the product and the bias round: three roundings.
  const yBound = (i: number) => {
    const weight = Math.abs((w64[i % d] ?? Number.NaN) + (kind === 'rms' ? weightOffset : 0));
    const bias = kind === 'layer' && hasBias ? Math.abs(b64[i % d] ?? Number.NaN) : 0;
    const weights = kind === 'rms' ? Math.abs(w64[i % d] ?? Number.NaN) + weightOffset : weight;
    const terms = weights * Math.abs(twin.normalized[i] ?? Number.NaN) + bias;
    return normalizedBound(i) * weight * (1 + gamma(3)) + gamma(3) * terms;
  };
  return { twin, scaleBound, normalizedBound, yBound };
}

function expectTwin(
  ours: Outputs,
  shape: Case,
  { twin, scaleBound, normalizedBound, yBound }: ReturnType<typeof truth>,
) {
  const { positions, heads, d } = shape;
  const full = [positions, heads, d];
  expect(
    departure({ shape: [positions, heads, 1], ours: ours.scale, truth: twin.scale, allowed: scaleBound }),
  ).toBeNull();
  expect(
    departure({ shape: full, ours: ours.normalized, truth: twin.normalized, allowed: normalizedBound }),
  ).toBeNull();
  expect(departure({ shape: full, ours: ours.y, truth: twin.out, allowed: yBound })).toBeNull();
}

const CASES: readonly Case[] = [
  { positions: 5, heads: 1, d: 64 },
  { positions: 1, heads: 1, d: 64 },
  { positions: 5, heads: 1, d: 1 },
  { positions: 5, heads: 1, d: 63 },
  { positions: 5, heads: 1, d: 65 },
  { positions: 5, heads: 1, d: 67 },
  { positions: 5, heads: 1, d: 768 },
  { positions: 5, heads: 3, d: 64 },
  { positions: 5, heads: 7, d: 11 },
];

describe.each(['rms', 'layer'] as const)('%sNorm', (kind) => {
  test.each(CASES)('$positions × $heads rows of $d: scale, normalized and y are within their bounds', async (shape) => {
    expectTwin(await run(kind, shape), shape, truth(kind, shape));
  });

  test('more workgroups than one dimension holds are spread over two', async () => {
    const shape = { positions: 9_363, heads: 7, d: 3 }; // 65,541 rows, a workgroup each
    expectTwin(await run(kind, shape, { plan: { lanes: 1, workgroupRows: 1 } }), shape, truth(kind, shape));
  });

  test('every plan of rows gives the same bits', async () => {
    const shape = { positions: 6, heads: 3, d: 67 };
    const [one, ...others] = await Promise.all(PLANS.map((plan) => run(kind, shape, { plan })));
    for (const other of others) {
      expect(bitsOf(other.y)).toEqual(bitsOf(one?.y ?? new Float32Array()));
      expect(bitsOf(other.normalized)).toEqual(bitsOf(one?.normalized ?? new Float32Array()));
      expect(bitsOf(other.scale)).toEqual(bitsOf(one?.scale ?? new Float32Array()));
    }
  });
});

test('without a bias LayerNorm is normalized · w', async () => {
  const shape = { positions: 5, heads: 1, d: 65 };
  expectTwin(await run('layer', shape, { hasBias: false }), shape, truth('layer', shape, { hasBias: false }));
});

test('with a weight offset of 1 RMSNorm is normalized · (w + 1)', async () => {
  const shape = { positions: 5, heads: 1, d: 65 };
  expectTwin(await run('rms', shape, { weightOffset: 1 }), shape, truth('rms', shape, { weightOffset: 1 }));
});
