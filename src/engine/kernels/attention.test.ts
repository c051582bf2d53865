import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, departure, laidOut, planned, runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { attnScores as scoresTwin } from '../reference/attnScores.ts';
import { attnZ as zTwin } from '../reference/attnZ.ts';
import { softmax as softmaxTwin } from '../reference/softmax.ts';
import { gamma, productBound, UNIT_ROUNDOFF } from '../tensor/tolerances.ts';
import { type AttentionPlan, type AttentionShape, attnScores, attnZ } from './attention.ts';
import { NATIVE_F32, type Numerics, withNumerics } from './numerics.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const CONTROL: AttentionShape = { batch: 1, nPos: 8, nHeads: 4, repeats: 1, dHead: 16, window: null };
const SHAPES: readonly AttentionShape[] = [
  CONTROL,
  { ...CONTROL, nPos: 1 },
  { ...CONTROL, nPos: 3 }, // a tile is 4 × 4, a workgroup 32 × 32, or 16 × 16 by quads
  { ...CONTROL, nPos: 17 },
  { ...CONTROL, nPos: 5 },
  { ...CONTROL, nPos: 31 },
  { ...CONTROL, nPos: 33 },
  { ...CONTROL, nPos: 67 },
  { ...CONTROL, nHeads: 1 },
  { ...CONTROL, nHeads: 7 },
  { ...CONTROL, repeats: 2 },
  { ...CONTROL, repeats: 4 },
  { ...CONTROL, dHead: 1 },
  { ...CONTROL, dHead: 11 },
  { ...CONTROL, dHead: 33 },
  { ...CONTROL, dHead: 80 },
  { ...CONTROL, window: 1 },
  { ...CONTROL, window: 3 },
  { ...CONTROL, window: 100 },
  { ...CONTROL, nPos: 67, window: 33, repeats: 2 },
  { ...CONTROL, batch: 3 },
  { ...CONTROL, batch: 2, nPos: 35, repeats: 2, dHead: 11, window: 5 },
];
const NAME = '$batch × $nPos positions, $nHeads heads of $dHead, $repeats a key, window $window';

/** The tensor of each prompt of a batch: [pos, heads, d_head] each. */
function prompts(values: Float32Array, batch: number, shape: readonly number[]) {
  const length = values.length / batch;
  return Array.from({ length: batch }, (_, at) => {
    return { shape, values: Float64Array.from(values.subarray(at * length, (at + 1) * length)) };
  });
}

/** Heads as views into the rows of a fused product: 8 elements before the first, NaN around. */
function headsIn(label: string, { batch, nPos, dHead }: AttentionShape, heads: number) {
  return planned(label, [batch * nPos, heads, dHead], [Math.ceil((heads * dHead) / 4) * 4 + 12, dHead, 1], 8);
}

type Extras = { readonly softCap: number | null; readonly hasAlibi: boolean };

/** The result of the register tiles, once that of quads has been seen to have its bits. */
async function byBothPlans(
  dispatch: (plan: AttentionPlan) => Dispatch,
  run: Omit<Parameters<typeof runForOne>[1], 'dispatches'>,
  numerics = NATIVE_F32,
): Promise<Float32Array> {
  const resultOf = (plan: AttentionPlan) =>
    runForOne(gpu, { ...run, dispatches: [withNumerics(dispatch(plan), numerics)] });
  const ours = await resultOf('register');
  expect(bitsOf(await resultOf('quad'))).toEqual(bitsOf(ours));
  return ours;
}

async function scored(shape: AttentionShape, { softCap, hasAlibi }: Extras, numerics?: Numerics) {
  const { batch, nPos, nHeads, repeats, dHead, window } = shape;
  const keyHeads = nHeads / repeats;
  const [q, k] = [headsIn('q', shape, nHeads), headsIn('k', shape, keyHeads)];
  const [qs, ks] = [seeded(batch * nPos * nHeads * dHead, 1, 4), seeded(batch * nPos * keyHeads * dHead, 2, 4)];
  const slopes = vector('slopes', Float32Array.from(alibiSlopes(nHeads)));
  const scores = planned('scores', [batch * nHeads, nPos, nPos], [nPos * nPos, nPos, 1]);
  const scale = Math.fround(dHead ** -0.5);
  const [qRowStride, kRowStride] = [q.strides[0] ?? 0, k.strides[0] ?? 0];
  const alibi = { slot: slopes[0], present: hasAlibi };
  const args = { ...shape, q, qRowStride, k, kRowStride, scale, softCap, alibiSlopes: alibi };
  const uploads = [laidOut(q, qs), laidOut(k, ks), slopes];
  const ours = await byBothPlans(
    (plan) => attnScores({ ...args, scores, plan }),
    { uploads, results: [scores] },
    numerics,
  );
  const settings = { scale, softCap, window, slopes: hasAlibi ? Float64Array.from(slopes[1]) : null };
  const truthOf = (each: (x: number) => number, with_: typeof settings) => {
    const keys = prompts(ks.map(each), batch, [nPos, keyHeads, dHead]);
    return prompts(qs.map(each), batch, [nPos, nHeads, dHead]).flatMap((query, at) => {
      const key = keys[at];
      return key ? [...scoresTwin(query, key, with_).values] : [];
    });
  };
  const plain = { ...settings, softCap: null, slopes: null };
  const sumAbs = truthOf(Math.abs, plain); // scale · Σ|q·k|
  return { ours, shape: scores.shape, truth: Float64Array.from(truthOf((x) => x, settings)), sumAbs };
}

/**
 * cap · tanh_f32(score / cap): a quotient of (1 − p) and (1 + p), p = exp_f32 within 1 ULP and at most e^−1.25 there, 2.5 ULP for
 * each of two divisions, the sums and the product: under 16 half ULPs. tanh stretches no error that its argument carries.
 */
const SOFT_CAP = 16 * UNIT_ROUNDOFF;

const EXTRAS: readonly (Extras & { readonly what: string })[] = [
  { what: 'plain', softCap: null, hasAlibi: false },
  { what: 'soft-capped', softCap: 5, hasAlibi: false },
  { what: 'with ALiBi', softCap: null, hasAlibi: true },
  { what: 'soft-capped, then with ALiBi', softCap: 5, hasAlibi: true },
];

describe.each(EXTRAS)('scores, $what', (extras) => {
  test.each(SHAPES)(NAME, async (c) => {
    const { ours, shape, truth, sumAbs } = await scored(c, extras);
    const allowed = (i: number) => {
      if (truth[i] === Number.NEGATIVE_INFINITY) return 0; // masked: −∞ itself
      const ofSum = productBound(c.dHead + 1, sumAbs[i] ?? Number.NaN); // d_head terms, and the scale
      const ofCap = extras.softCap === null ? 0 : SOFT_CAP * extras.softCap;
      const distance = (Math.floor(i / c.nPos) % c.nPos) - (i % c.nPos);
      const ofAlibi = extras.hasAlibi ? gamma(2) * ((sumAbs[i] ?? Number.NaN) + distance) : 0; // slopes are at most 1
      return ofSum + ofCap + ofAlibi;
    };
    expect(departure({ shape, ours, truth, allowed })).toBeNull();
  });

  test('a masked score is exactly −∞', async () => {
    const { ours, truth } = await scored({ ...CONTROL, window: 3 }, extras);
    const masked = [...truth.keys()].filter((i) => truth[i] === Number.NEGATIVE_INFINITY);
    expect(masked).toHaveLength(4 * (64 - 21)); // 8 queries see 1, 2 and then 3 keys each
    expect(masked.every((i) => ours[i] === Number.NEGATIVE_INFINITY)).toBe(true);
    expect(ours.filter((score) => score === Number.NEGATIVE_INFINITY)).toHaveLength(masked.length);
  });
});

async function weighed(c: AttentionShape, numerics?: Numerics) {
  const { batch, nPos, nHeads, repeats, dHead, window } = c;
  const planes = batch * nHeads;
  const keyHeads = nHeads / repeats;
  const masked = Float64Array.from(seeded(planes * nPos * nPos, 3, 4)).map((score, i) => {
    const [query, key] = [Math.floor(i / nPos) % nPos, i % nPos];
    return key > query || (window !== null && query - key >= window) ? Number.NEGATIVE_INFINITY : score;
  });
  const weights = Float32Array.from(softmaxTwin(masked, nPos));
  const pattern = vector('pattern', weights);
  const patternTensor = { label: 'pattern', slot: pattern[0], shape: [], strides: [], offset: 0 };
  const v = headsIn('v', c, keyHeads);
  const vs = seeded(batch * nPos * keyHeads * dHead, 4);
  const z = planned('z', [batch * nPos, nHeads, dHead]);
  const [vRowStride, zRowStride] = [v.strides[0] ?? 0, z.strides[0] ?? 0];
  const args = { ...c, pattern: patternTensor, v, vRowStride, z, zRowStride };
  const run = { uploads: [pattern, laidOut(v, vs)], results: [z] };
  const ours = await byBothPlans((plan) => attnZ({ ...args, plan }), run, numerics);
  const truthOf = (values: Float32Array) => {
    const patterns = prompts(weights, batch, [nHeads, nPos, nPos]);
    const all = prompts(values, batch, [nPos, keyHeads, dHead]).flatMap((value, at) => {
      const rows = patterns[at];
      return rows ? [...zTwin(rows, value).values] : [];
    });
    return Float64Array.from(all);
  };
  return { ours, shape: z.shape, truth: truthOf(vs), sumAbs: truthOf(vs.map(Math.abs)) };
}

describe('z', () => {
  test.each(SHAPES)(NAME, async (c) => {
    const { ours, shape, truth, sumAbs } = await weighed(c);
    const allowed = (i: number) => productBound(c.nPos, sumAbs[i] ?? Number.NaN);
    expect(departure({ shape, ours, truth, allowed })).toBeNull();
  });
});

test.each([
  { arithmetic: 'portable', precision: 'f32', bias: 'inside' },
  { arithmetic: 'native', precision: 'bf16', bias: 'inside' },
] as const)('in $arithmetic $precision both kernels give the same bits', async (numerics) => {
  const shape = { ...CONTROL, nPos: 21, repeats: 2, dHead: 11 };
  await scored(shape, { softCap: 5, hasAlibi: true }, numerics);
  await weighed(shape, numerics);
  expect.assertions(2);
});

test('of the queries that follow a cache of keys both kernels give the same bits', async () => {
  const shape = { ...CONTROL, nPos: 18, dHead: 11, window: 9, keys: { nKey: 37, keyStride: 40 } };
  const q = headsIn('q', shape, shape.nHeads);
  const k = headsIn('k', { ...shape, nPos: 37 }, shape.nHeads);
  const [qRowStride, kRowStride] = [q.strides[0] ?? 0, k.strides[0] ?? 0];
  const uploads = [laidOut(q, seeded(18 * 4 * 11, 1, 4)), laidOut(k, seeded(37 * 4 * 11, 2, 4))];
  const scores = planned('scores', [4, 18, 37], [18 * 40, 40, 1]);
  const alibi = vector('slopes', new Float32Array(4));
  const alibiSlopes = { slot: alibi[0], present: false };
  const args = { ...shape, q, qRowStride, k, kRowStride, scale: 0.5, softCap: null, alibiSlopes };
  const ofScores = { uploads: [...uploads, alibi], results: [scores] };
  await byBothPlans((plan) => attnScores({ ...args, scores, plan }), ofScores);
  const pattern = planned('pattern', [4, 18, 37], [18 * 40, 40, 1]);
  const z = planned('z', [18, 4, 11]);
  const zArgs = { ...shape, pattern, v: k, vRowStride: kRowStride, z, zRowStride: z.strides[0] ?? 0 };
  const seen = seeded(4 * 18 * 37, 3).map((share, i) => {
    const distance = (Math.floor(i / 37) % 18) + 19 - (i % 37); // from the key to the query's position
    return distance < 0 || distance >= shape.window ? 0 : share;
  });
  const ofZ = { uploads: [laidOut(pattern, seen), ...uploads.slice(1)], results: [z] };
  for (const unmasked of [false, true]) await byBothPlans((plan) => attnZ({ ...zArgs, unmasked, plan }), ofZ);
  expect.assertions(3);
});
