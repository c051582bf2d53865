import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { departure, laidOut, planned, runForOne, seeded } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { chooseExperts as chooseTwin, expertWeights as weightsTwin } from '../reference/moe.ts';
import { DIVISION, gamma, softmaxBound } from '../tensor/tolerances.ts';
import { chooseExperts, expertWeights, mixExpert } from './experts.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const rowsOf = (tensor: GpuTensor) => ({ tensor, rowStride: tensor.strides[0] ?? 0 });

type Counts = { readonly count: number; readonly perToken: number };

async function weighed(rows: number, nExperts: number, values: Float32Array<ArrayBuffer>) {
  const [logits, weights] = [planned('logits', [rows, nExperts]), planned('weights', [rows, nExperts])];
  const dispatches = [expertWeights({ rows, nExperts, logits: rowsOf(logits), weights: rowsOf(weights) })];
  return runForOne(gpu, { uploads: [laidOut(logits, values)], dispatches, results: [weights] });
}

async function chosen(rows: number, experts: Counts, values: Float32Array<ArrayBuffer>, part: 'indices' | 'shares') {
  const weights = planned('weights', [rows, experts.count]);
  const [indices, shares] = [planned('indices', [rows, experts.perToken]), planned('shares', [rows, experts.perToken])];
  const into = { indices, shares, rowStride: shares.strides[0] ?? 0 };
  const dispatches = [chooseExperts({ rows, experts, weights: rowsOf(weights), chosen: into })];
  return runForOne(gpu, { uploads: [laidOut(weights, values)], dispatches, results: [into[part]] });
}

test.each([
  { rows: 7, count: 8, perToken: 2 },
  { rows: 1, count: 1, perToken: 1 },
  { rows: 65, count: 5, perToken: 5 },
  { rows: 130, count: 11, perToken: 3 },
  { rows: 3, count: 1024, perToken: 4 },
])('$rows rows weigh $count experts and choose $perToken as the twin', async ({ rows, ...experts }) => {
  const values = seeded(rows * experts.count, 3, 4);
  const ours = Float32Array.from(await weighed(rows, experts.count, values));
  const truth = weightsTwin(Float64Array.from(values), experts.count);
  const bound = (i: number) => softmaxBound(experts.count, truth[i] ?? 0, 8, 0); // scores lie within ±4
  expect(departure({ shape: [rows, experts.count], ours, truth, allowed: bound })).toBeNull();
  const twin = chooseTwin(Float64Array.from(ours), experts);
  expect(await chosen(rows, experts, ours, 'indices')).toEqual(Float32Array.from(twin.indices));
  const shares = await chosen(rows, experts, ours, 'shares');
  const relative = gamma(experts.perToken) + DIVISION;
  const allowed = (i: number) => (twin.shares[i] ?? 0) * relative;
  expect(departure({ shape: [rows, experts.perToken], ours: shares, truth: twin.shares, allowed })).toBeNull();
});

test('of equal weights the lower index is chosen, and experts that weigh nothing are chosen last, in order', async () => {
  expect(
    Array.from(await chosen(1, { count: 4, perToken: 2 }, Float32Array.of(0.1, 0.3, 0.3, 0.3), 'indices')),
  ).toEqual([1, 2]);
  const nothing = Float32Array.of(0, 1, 0);
  expect(Array.from(await chosen(1, { count: 3, perToken: 3 }, nothing, 'indices'))).toEqual([1, 0, 2]);
  expect(Array.from(await chosen(1, { count: 3, perToken: 3 }, nothing, 'shares'))).toEqual([1, 0, 0]);
});

test('a row that is not sent to an expert keeps its sum, bit for bit, whatever the expert gives', async () => {
  const [indices, shares] = [planned('indices', [2, 2]), planned('shares', [2, 2])];
  const [y, mixed] = [planned('y', [2, 5]), planned('mixed', [2, 5])];
  const into = { indices, shares, rowStride: shares.strides[0] ?? 0 };
  const args = { chosen: into, perToken: 2, y, mixed, rowStride: y.strides[0] ?? 0, rows: 2, dModel: 5 };
  const given = Float32Array.of(1, -2, 3, 4, 5, Number.NaN, Number.POSITIVE_INFINITY, -0, 1, 1);
  const ours = await runForOne(gpu, {
    uploads: [
      laidOut(indices, Float32Array.of(1, 0, 1, 2)),
      laidOut(shares, Float32Array.of(0.75, 0.25, 0, 1)),
      laidOut(y, given),
    ],
    dispatches: [mixExpert({ ...args, expert: 0 })],
    results: [mixed],
  });
  expect(Array.from(ours)).toEqual([0.25, -0.5, 0.75, 1, 1.25, 0, 0, 0, 0, 0]);
});
