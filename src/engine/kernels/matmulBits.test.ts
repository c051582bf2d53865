// The product bit for bit: each order against its definition in f32 (reference/sumInOrder.ts). matmul.test.ts bounds it by f64.
import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import {
  bitsOf,
  laidOut,
  panelWords,
  planned,
  plannedPanels,
  rounded,
  runForOne,
  seeded,
  vector,
} from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { paddedRow } from '../gpu/gpuTensor.ts';
import { matmulInOrder } from '../reference/matmul.ts';
import { columnsOf } from '../reference/referenceTensor.ts';
import type { ProductRounding } from '../reference/sumInOrder.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import { groupRange } from './gpuWeight.ts';
import { matmul, type SumOrder } from './matmul.ts';
import { type ProductPlan, registerPlan } from './productPlan.ts';

type Case = {
  readonly rows: number;
  readonly k: number;
  readonly groups: number; // taken, of all in the matrix
  readonly groupColumns: number;
  readonly firstGroup: number;
  readonly allGroups: number;
  readonly dtype: WeightDtype;
  readonly hasBias: boolean;
  readonly inputs: 'shared' | 'own' | 'repeated'; // own: an input a group; repeated: one, copied for each group
  readonly order: SumOrder;
  readonly plan: ProductPlan;
};

const CANONICAL: SumOrder = { kind: 'canonical' };
const CONTROL: Case = {
  rows: 16,
  k: 64,
  groups: 1,
  groupColumns: 32,
  firstGroup: 0,
  allGroups: 1,
  dtype: 'f32',
  hasBias: true,
  inputs: 'shared',
  order: CANONICAL,
  plan: registerPlan(8, 4, 1),
};

/** Every family, with tiles of every height and workgroups of several sizes. */
const PLANS: readonly ProductPlan[] = [
  registerPlan(1, 1, 1),
  registerPlan(2, 4, 3),
  registerPlan(4, 64, 1),
  registerPlan(8, 1, 32),
  { family: 'quad', rows: 4, workgroupPanels: 4 },
  { family: 'quad', rows: 8, workgroupPanels: 32 },
  { family: 'quad', rows: 16, workgroupPanels: 4 },
  { family: 'quad', rows: 32, workgroupPanels: 8 },
  { family: 'quadPairs', rows: 32, workgroupPanels: 4 },
  { family: 'quadPairs', rows: 64, workgroupPanels: 8 },
  { family: 'shared' },
];

let gpu: Gpu;
let rounding: ProductRounding; // of this adapter's fma: WGSL allows either

beforeAll(async () => {
  gpu = gpuOf(await testDevice());
  const x = 1 + 2 ** -12; // −1 + x·x is 2^−11 + 2^−24 rounded once, 2^−11 rounded twice
  const [sum] = await run({ ...CONTROL, rows: 1, k: 2, groupColumns: 1, hasBias: false }, given([-1, x], [1, x], []));
  rounding = sum === 2 ** -11 + 2 ** -24 ? 'fma' : 'mulAdd';
});

type Given = Record<'x' | 'w' | 'b', Float32Array<ArrayBuffer>>;

function given(x: readonly number[], w: readonly number[], b: readonly number[]): Given {
  return { x: Float32Array.from(x), w: Float32Array.from(w), b: Float32Array.from(b) };
}

/** x [rows, inputs, k], W [k, all groups · columns], b [all groups · columns]; `repeated` copies the input of `shared`. */
function inputsOf({ rows, k, groups, groupColumns, allGroups, dtype, inputs }: Case): Given {
  const columns = allGroups * groupColumns;
  const shared = seeded(rows * k * (inputs === 'own' ? groups : 1), 1);
  const copies = Float32Array.from({ length: rows * groups * k }, (_, i) => {
    return shared[Math.floor(i / (groups * k)) * k + (i % k)] ?? Number.NaN;
  });
  const w = rounded(seeded(k * columns, 2), dtype);
  return { x: inputs === 'repeated' ? copies : shared, w, b: seeded(columns, 3) };
}

async function run(c: Case, { x, w, b } = inputsOf(c)): Promise<Float32Array> {
  const { rows, k, groups, groupColumns, allGroups, firstGroup, dtype, hasBias, inputs, order, plan } = c;
  const nInputs = inputs === 'shared' ? 1 : groups;
  const [groupStride, xRowStride] = [paddedRow(k), nInputs * paddedRow(k) + 4];
  const input = planned('x', [rows, nInputs, k], [xRowStride, groupStride, 1], 8);
  const all = plannedPanels(k, allGroups, groupColumns, dtype);
  const paddedBias = plannedPanels(1, allGroups, groupColumns, 'f32'); // panel order; the matrix' other three rows are zero
  const panels = new Float32Array(panelWords(paddedBias, hasBias ? b : new Float32Array(b.length)).buffer);
  const bias = vector(
    'b',
    panels.filter((_, i) => i % 32 < 8),
  );
  const y = planned('y', [rows, groups, groupColumns], [paddedRow(groups * groupColumns), groupColumns, 1]);
  const dispatch = matmul({
    label: 'y',
    x: input,
    rows,
    w: groupRange(all, firstGroup, groups),
    b: { slot: bias[0], present: hasBias },
    y,
    yRowStride: y.strides[0] ?? 0,
    xRowStride,
    xGroupStride: inputs === 'shared' ? 0 : groupStride,
    order,
    plan,
  });
  const uploads = [laidOut(input, x, 0), [all.slot, panelWords(all, w)] as const, bias]; // row padding is zero: matmul.wgsl
  return runForOne(gpu, { uploads, dispatches: [dispatch], results: [y] });
}

/** The definition: group by group, each sum in its order, rounding by rounding. */
function defined(c: Case): Float32Array {
  const { rows, k, groups, groupColumns, allGroups, firstGroup, hasBias, inputs, order } = c;
  const { x, w, b } = inputsOf(c);
  const nInputs = inputs === 'shared' ? 1 : groups;
  const W = { rows: k, columns: allGroups * groupColumns, values: Float64Array.from(w) };
  const bias = { rows: 1, columns: W.columns, values: Float64Array.from(b) };
  const y = new Float32Array(rows * groups * groupColumns);
  for (let group = 0; group < groups; group++) {
    const first = (firstGroup + group) * groupColumns;
    const part = matmulInOrder({
      x: { values: Float64Array.from(x), rows, offset: nInputs === 1 ? 0 : group * k, rowStride: nInputs * k },
      W: columnsOf(W, first, groupColumns),
      b: hasBias ? columnsOf(bias, first, groupColumns) : null,
      order,
      rounding,
    });
    part.forEach((value, i) => {
      y[Math.floor(i / groupColumns) * groups * groupColumns + group * groupColumns + (i % groupColumns)] = value;
    });
  }
  return y;
}

/** One dimension off the control at a time; the workgroup is 8 rows by 32 columns, and 8 × 64 where not register-tiled. */
const SHAPES: readonly { readonly what: string; readonly change: Partial<Case> }[] = [
  { what: 'the control case', change: {} },
  ...[1, 7, 9, 67].map((rows) => ({ what: `${rows} rows`, change: { rows } })),
  ...[1, 3, 67, 257].map((k) => ({ what: `K = ${k}`, change: { k } })),
  ...[1, 7, 31, 33, 131].map((groupColumns) => ({ what: `${groupColumns} columns`, change: { groupColumns } })),
  { what: 'no bias', change: { hasBias: false } },
  { what: 'f16 weights', change: { dtype: 'f16', k: 67 } },
  { what: 'bf16 weights', change: { dtype: 'bf16', k: 67 } },
  ...[11, 20, 80].map((dHead) => ({
    what: `3 heads of ${dHead}`,
    change: { groups: 3, allGroups: 3, groupColumns: dHead },
  })),
  {
    what: 'f16 heads of 11, 2 from the third on',
    change: { dtype: 'f16', groups: 2, allGroups: 5, firstGroup: 2, groupColumns: 11 },
  },
  {
    what: 'heads of 11, each with its own input',
    change: { groups: 3, allGroups: 3, groupColumns: 11, inputs: 'own' },
  },
  {
    what: 'bf16 heads of 20 from the second on, each with its own input, K = 67',
    change: { dtype: 'bf16', groups: 2, allGroups: 3, firstGroup: 1, groupColumns: 20, inputs: 'own', k: 67 },
  },
];

const ORDERS: readonly (SumOrder & { readonly name: string })[] = [
  { name: 'canonical', kind: 'canonical' },
  { name: 'reversed', kind: 'reversed' },
  { name: 'pairwise', kind: 'pairwise' },
  { name: 'blocked(16)', kind: 'blocked', blockLength: 16 },
  { name: 'blocked(7)', kind: 'blocked', blockLength: 7 },
  { name: 'splitK(4)', kind: 'splitK', chunks: 4 },
  { name: 'splitK(3)', kind: 'splitK', chunks: 3 },
];

describe.each(ORDERS)('$name gives the bits of its definition', (order) => {
  test.each(SHAPES)('$what', async ({ change }) => {
    const c = { ...CONTROL, ...change, order };
    expect(bitsOf(await run(c))).toEqual(bitsOf(defined(c)));
  });
});

test('the orders differ from one another: each shows what it is for', async () => {
  const results = await Promise.all(
    ORDERS.map(async (order) => bitsOf(await run({ ...CONTROL, k: 257, order })).join(' ')),
  );
  expect(new Set(results).size).toBe(ORDERS.length);
});

test.each(ORDERS)('$name: an input a head that all are alike gives the bits of the shared input', async (order) => {
  const heads: Case = { ...CONTROL, groups: 3, allGroups: 5, firstGroup: 1, groupColumns: 11, k: 67, order };
  expect(bitsOf(await run({ ...heads, inputs: 'repeated' }))).toEqual(bitsOf(await run(heads)));
});

test.each(['f32', 'f16', 'bf16'] as const)('%s: tiles and workgroups of any size give the same bits', async (dtype) => {
  const c: Case = { ...CONTROL, rows: 67, k: 126, groupColumns: 65, dtype }; // an even number of chunks, the last one short
  const reference = bitsOf(await run(c));
  for (const plan of PLANS) expect(bitsOf(await run({ ...c, plan })), JSON.stringify(plan)).toEqual(reference);
});

test.each(PLANS)(
  '$family of $rows rows: backwards, and in heads, it gives the bits of the register tile',
  async (plan) => {
    const c: Case = { ...CONTROL, rows: 19, k: 70, groups: 3, allGroups: 5, firstGroup: 1, groupColumns: 11 };
    for (const order of [CANONICAL, { kind: 'reversed' }] as const) {
      for (const inputs of ['shared', 'own'] as const) {
        const reference = await run({ ...c, order, inputs });
        expect(bitsOf(await run({ ...c, order, inputs, plan }))).toEqual(bitsOf(reference));
      }
    }
    const wideHeads: Case = { ...c, groupColumns: 64, inputs: 'own' }; // whole workgroups of panels read one input
    expect(bitsOf(await run({ ...wideHeads, plan }))).toEqual(bitsOf(await run(wideHeads)));
  },
);

test('an odd number of chunks, which cannot be walked in pairs, is left to the register tile', async () => {
  const c: Case = { ...CONTROL, k: 67 };
  const plan: ProductPlan = { family: 'quadPairs', rows: 32, workgroupPanels: 4 };
  expect(bitsOf(await run({ ...c, plan }))).toEqual(bitsOf(await run(c)));
});

test.each(ORDERS)('$name: a row alone has the bits that it has among others', async (order) => {
  const c: Case = { ...CONTROL, rows: 19, k: 67, order };
  const among = await run(c);
  const { x, w, b } = inputsOf(c);
  const alone = await run({ ...c, rows: 1 }, { x: x.slice(18 * 67), w, b });
  expect(bitsOf(alone)).toEqual(bitsOf(among.subarray(18 * 32)));
});
