import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, departure, planned, runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { softmax as softmaxTwin } from '../reference/softmax.ts';
import { gamma, SMALLEST_NORMAL, softmaxBound, UNIT_ROUNDOFF } from '../tensor/tolerances.ts';
import { softmax } from './attention.ts';
import type { RowPlan } from './rowPlan.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const NONE = Number.NEGATIVE_INFINITY;
/** WGSL's division, 2.5 ULP. */
const DIVISION = 5 * UNIT_ROUNDOFF;

const ROW_A_WORKGROUP: RowPlan = { lanes: 64, workgroupRows: 1 };

type Rows = { readonly planes: number; readonly nPos: number; readonly window: number | null };

/** Sets the keys that a causal mask or the window hides to −∞. */
function masked(scores: Float32Array<ArrayBuffer>, { nPos, window }: Rows): Float32Array<ArrayBuffer> {
  return scores.map((score, i) => {
    const [query, key] = [Math.floor(i / nPos) % nPos, i % nPos];
    return key > query || (window !== null && query - key >= window) ? NONE : score;
  });
}

async function patternOf(given: Float32Array<ArrayBuffer>, { planes, nPos, window }: Rows, plan = ROW_A_WORKGROUP) {
  const scores = vector('scores', given);
  const shape = [planes, nPos, nPos];
  const strides = [nPos * nPos, nPos, 1];
  const pattern = planned('pattern', shape, strides);
  const tensor = { label: 'scores', slot: scores[0], shape, strides, offset: 0 };
  const attention = { batch: 1, nPos, nHeads: planes, repeats: 1, dHead: 1, window };
  const dispatch = softmax({ ...attention, scores: tensor, pattern, plan });
  return runForOne(gpu, { uploads: [scores], dispatches: [dispatch], results: [pattern] });
}

const CONTROL: Rows = { planes: 3, nPos: 16, window: null };
const ROWS: readonly Rows[] = [
  CONTROL,
  { ...CONTROL, planes: 1 },
  { ...CONTROL, nPos: 1 },
  { ...CONTROL, nPos: 63 },
  { ...CONTROL, nPos: 65 },
  { ...CONTROL, nPos: 131 },
  { ...CONTROL, window: 1 },
  { ...CONTROL, window: 5 },
  { ...CONTROL, nPos: 131, window: 67 },
  { planes: 21_847, nPos: 3, window: null }, // 65,541 rows
];

describe.each(ROWS)('$planes planes of $nPos, window $window', (rows) => {
  const { planes, nPos } = rows;
  const scores = masked(seeded(planes * nPos * nPos, 1, 20), rows);

  test('the pattern is within its bound, masked keys get exactly 0, rows sum to 1', async () => {
    const ours = await patternOf(scores, rows);
    const truth = softmaxTwin(Float64Array.from(scores), nPos);
    const allowed = (i: number) => (scores[i] === NONE ? 0 : softmaxBound(nPos, truth[i] ?? Number.NaN, 40, 0)); // scores in ±20
    expect(departure({ shape: [planes, nPos, nPos], ours, truth, allowed })).toBeNull();
    const sums = Array.from({ length: planes * nPos }, (_, row) =>
      ours.subarray(row * nPos, (row + 1) * nPos).reduce((sum, p) => sum + p, 0),
    );
    // Each probability errs by its division, all of them by the denominator's n roundings.
    const allowedSum = gamma(nPos) + DIVISION + nPos * SMALLEST_NORMAL;
    expect(Math.max(...sums.slice(0, 60_000).map((sum) => Math.abs(sum - 1)))).toBeLessThanOrEqual(allowedSum);
  });
});

test('what stands in a masked score is not read', async () => {
  const seen = seeded(3 * 16 * 16, 2, 9);
  const rows = { ...CONTROL, window: 5 };
  const hidden = masked(seen, rows).map((score) => (score === NONE ? Number.NaN : score));
  expect(bitsOf(await patternOf(hidden, rows))).toEqual(bitsOf(await patternOf(masked(seen, rows), rows)));
});

test('every plan of rows gives the same bits', async () => {
  const rows = { planes: 3, nPos: 67, window: null };
  const scores = masked(seeded(3 * 67 * 67, 3, 20), rows);
  const reference = bitsOf(await patternOf(scores, rows));
  for (const [lanes, workgroupRows] of [
    [1, 1],
    [4, 1],
    [1, 4],
    [8, 5], // the last workgroup has rows to spare
  ] as const) {
    expect(bitsOf(await patternOf(scores, rows, { lanes, workgroupRows }))).toEqual(reference);
  }
});

test('the rows of a prompt keep their bits in a longer prompt', async () => {
  const [short, long] = [33, 70];
  const all = masked(seeded(long * long, 4, 20), { planes: 1, nPos: long, window: null });
  const prefix = Float32Array.from({ length: short * short }, (_, i) => {
    return all[Math.floor(i / short) * long + (i % short)] ?? Number.NaN;
  });
  const ofLong = await patternOf(all, { planes: 1, nPos: long, window: null });
  const ofShort = await patternOf(prefix, { planes: 1, nPos: short, window: null });
  const cut = ofShort.map((_, i) => ofLong[Math.floor(i / short) * long + (i % short)] ?? Number.NaN);
  expect(bitsOf(ofShort)).toEqual(bitsOf(cut));
});

test('a softmax of one key is exactly 1, whatever its score', async () => {
  const scores = Float32Array.of(0, -0, 1e4, -1e4, 3e38, -3e38, 1e-40);
  expect([...(await patternOf(scores, { planes: scores.length, nPos: 1, window: null }))]).toEqual(
    [...scores].map(() => 1),
  );
});

test('scores of ±1e4 give 0, halves and 1, no NaN', async () => {
  const rows = [1e4, NONE, NONE, 1e4, 1e4, NONE, -1e4, 1e4, -1e4];
  expect([...(await patternOf(Float32Array.from(rows), { planes: 1, nPos: 3, window: null }))]).toEqual([
    1, 0, 0, 0.5, 0.5, 0, 0, 1, 0,
  ]);
});

test('exp is within 1 ULP from 0 down to where f32 ends, and 0 or subnormal below', async () => {
  const xs = Array.from({ length: 3_000 }, (_, i) => Math.fround(-i * 0.037)); // down to −111
  const planes = xs.flatMap((x) => [0, NONE, x, 0]); // the second query's row: e^x / (e^x + 1) of key 0
  const pattern = await patternOf(Float32Array.from(planes), { planes: xs.length, nPos: 2, window: null });
  const ours = Float32Array.from(xs, (_, i) => pattern[i * 4 + 2] ?? Number.NaN);
  const truth = Float64Array.from(xs, (x) => Math.exp(x) / (1 + Math.exp(x)));
  // exp's ULP in numerator and denominator, the denominator's sum, the division.
  const allowed = (i: number) => (truth[i] ?? 0) * (2 * 2 * UNIT_ROUNDOFF + gamma(2) + DIVISION) + SMALLEST_NORMAL;
  expect(departure({ shape: [xs.length], ours, truth, allowed })).toBeNull();
});
