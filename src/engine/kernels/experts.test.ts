import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { departure, laidOut, planned, runForOne, seeded } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { routes } from '../reference/moe.ts';
import { expRelativeBound, gamma, UNIT_ROUNDOFF } from '../tensor/tolerances.ts';
import { mixExpert, routeExperts } from './experts.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

async function shares(rows: number, count: number, perToken: number, values: Float32Array<ArrayBuffer>) {
  const [logits, share] = [planned('logits', [rows, count]), planned('share', [rows, count])];
  const [logitsRowStride, shareRowStride] = [logits.strides[0] ?? 0, share.strides[0] ?? 0];
  const experts = { count, perToken };
  const dispatches = [routeExperts({ logits, logitsRowStride, share, shareRowStride, rows, experts })];
  return runForOne(gpu, { uploads: [laidOut(logits, values)], dispatches, results: [share] });
}

test.each([
  { rows: 7, count: 8, perToken: 2 },
  { rows: 1, count: 1, perToken: 1 },
  { rows: 65, count: 5, perToken: 5 },
  { rows: 130, count: 11, perToken: 3 },
  { rows: 3, count: 1024, perToken: 4 },
])('$rows rows choose $perToken of $count experts as the twin', async ({ rows, count, perToken }) => {
  const values = seeded(rows * count, 3, 4);
  const ours = await shares(rows, count, perToken, values);
  const truth = new Float64Array(rows * count);
  routes(Float64Array.from(values), count, perToken).forEach((chosen, row) => {
    for (const { expert, weight } of chosen) truth[row * count + expert] = weight;
  });
  // exp of numerator and denominator, the sum of perToken terms, the division; scores lie within ±4
  const relative = 2 * expRelativeBound(8) + gamma(perToken) + 6 * UNIT_ROUNDOFF;
  const allowed = (i: number) => (truth[i] ?? 0) * relative;
  expect(departure({ shape: [rows, count], ours, truth, allowed })).toBeNull();
});

test('of equal logits the lower index is chosen, and far smaller ones keep a share', async () => {
  expect(Array.from(await shares(1, 4, 2, Float32Array.of(1, 2, 2, 2)))).toEqual([0, 0.5, 0.5, 0]);
  const [first, second, third] = await shares(1, 3, 2, Float32Array.of(-200, 0, -300));
  expect([first, second, third]).toEqual([2 ** -126, 1, 0]);
});

test('a row that is not sent to an expert keeps its sum, bit for bit, whatever the expert gives', async () => {
  const [share, y, mixed] = [planned('share', [2, 2]), planned('y', [2, 5]), planned('mixed', [2, 5])];
  const strides = { shareRowStride: share.strides[0] ?? 0, rowStride: y.strides[0] ?? 0 };
  const args = { share, y, mixed, ...strides, rows: 2, dModel: 5 };
  const given = Float32Array.of(1, -2, 3, 4, 5, Number.NaN, Number.POSITIVE_INFINITY, -0, 1, 1);
  const ours = await runForOne(gpu, {
    uploads: [laidOut(share, Float32Array.of(0.25, 0.75, 0, 1)), laidOut(y, given)],
    dispatches: [mixExpert({ ...args, expert: 0 })],
    results: [mixed],
  });
  expect(Array.from(ours)).toEqual([0.25, -0.5, 0.75, 1, 1.25, 0, 0, 0, 0, 0]);
});
