import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { laidOut, planned, seeded } from '../../../test/support/kernels.ts';
import { compareTensors, type Rule } from '../analysis/compare.ts';
import type { ComparisonSummary } from '../analysis/comparison.ts';
import { sumRelativeBound } from '../analysis/comparisonTotals.ts';
import { PreparedComparison } from '../analysis/preparedComparison.ts';
import { countedSince } from '../gpu/counters.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { elementCount, type Shape } from '../tensor/shape.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Side = {
  readonly shape: Shape;
  readonly values: Float32Array<ArrayBuffer>;
  readonly strides?: Shape;
  readonly offset?: number;
};

/** As the software adapter has it, and as a GPU. */
const DEALT_OUT = [
  { lanes: 4, ownHistograms: false },
  { lanes: 64, ownHistograms: true },
] as const;

const RULE: Rule = { atol: 1e-6, rtol: 1e-5 };

/** Puts both sides on the GPU, their padding NaN. */
async function uploaded(sides: readonly Side[]): Promise<GpuTensor[]> {
  const tensors = sides.map(({ shape, strides, offset }, at) => planned(`side ${at}`, shape, strides, offset));
  await gpu.allocate(tensors.map(({ slot }) => slot));
  tensors.forEach((tensor, at) => {
    const [slot, span] = laidOut(tensor, sides[at]?.values ?? new Float32Array());
    gpu.device.queue.writeBuffer(slot.buffer, 0, span);
  });
  return tensors;
}

async function compared(a: Side, b: Side, rule = RULE): Promise<ComparisonSummary | undefined> {
  const tensors = await uploaded([a, b]);
  const [left, right] = tensors;
  if (!left || !right) throw new Error('internal: nothing was uploaded');
  const summaries: (ComparisonSummary | undefined)[] = [];
  for (const shape of DEALT_OUT) {
    const comparison = await PreparedComparison.make(gpu, [{ label: 'pair', a: left, b: right }], shape);
    summaries.push((await comparison.run(rule))[0]);
    comparison.destroy();
  }
  for (const { slot } of tensors) slot.destroy();
  for (const summary of summaries.slice(1)) expectTwin(summary, summaries[0] ?? null); // sums are added up in other groups
  return summaries[0];
}

const SUMS = ['rms', 'relL2', 'sqnrDb', 'cosine', 'smallestAtol'] as const;

/** Counts, largest difference, index and ULP ranks equal the twin's; sums within the bound of their f32 additions. */
function expectTwin(ours: ComparisonSummary | undefined, twin: ComparisonSummary | null): void {
  if (!ours || !twin) throw new Error('internal: nothing was compared');
  const exact = (summary: ComparisonSummary) =>
    Object.fromEntries(Object.entries(summary).filter(([key]) => !SUMS.some((sum) => sum === key)));
  expect(exact(ours)).toEqual(exact(twin));
  const bound = sumRelativeBound(twin.n, 1, 4); // of a sum; its root errs by half of it
  const near = (a: number, b: number, allowed: number) => Object.is(a, b) || Math.abs(a - b) <= allowed;
  expect(near(ours.rms, twin.rms, bound * twin.rms), `rms ${ours.rms}, ${twin.rms}`).toBe(true);
  expect(near(ours.relL2, twin.relL2, bound * twin.relL2), `relL2 ${ours.relL2}, ${twin.relL2}`).toBe(true);
  expect(
    near(ours.sqnrDb, twin.sqnrDb, 20 * Math.log10(1 + bound) + 1e-12),
    `sqnr ${ours.sqnrDb}, ${twin.sqnrDb}`,
  ).toBe(true);
  // 1 − cos is known to a share of itself where a and b are near; the twin's own errs by a rounding of 1 a term.
  const apart = Math.min(1, (twin.relL2 || 0) ** 2);
  expect(
    near(ours.cosine, twin.cosine, 4 * bound * apart + twin.n * 2 ** -52),
    `cosine ${ours.cosine}, ${twin.cosine}`,
  ).toBe(true);
  // Chosen in f32 by |b − a| − rtol·|a|, three roundings of it, and told in f64.
  const slack = 2 ** -22 * (twin.maxAbs + twin.smallestAtol);
  expect(near(ours.smallestAtol, twin.smallestAtol, slack), `atol ${ours.smallestAtol}, ${twin.smallestAtol}`).toBe(
    true,
  );
}

/** b = a with noise of some ULP on most elements, as another order of summation leaves it. */
function noisy(values: Float32Array<ArrayBuffer>, share: number): Float32Array<ArrayBuffer> {
  const noise = seeded(values.length, 77, share);
  return values.map((value, i) => (i % 13 === 0 ? value : value + (noise[i] ?? 0)));
}

const SHAPES: readonly { readonly shape: Shape; readonly strides?: Shape; readonly offset?: number }[] = [
  { shape: [15, 128] },
  { shape: [1, 1] },
  { shape: [15, 1] },
  { shape: [3, 127] },
  { shape: [63, 65] },
  { shape: [8, 15, 15], strides: [225, 15, 1] },
  { shape: [7, 4, 11], strides: [100, 11, 1], offset: 8 },
  { shape: [7, 4, 11], strides: [100, 20, 1] },
  { shape: [4099, 37] },
  { shape: [70_001, 3] },
];

describe.each(SHAPES)('$shape, strides $strides', ({ shape, ...layout }) => {
  const a = seeded(elementCount(shape), 5, 3);

  test("noise of some ULP: the summary is the twin's", async () => {
    const b = noisy(a, 1e-6);
    const ours = await compared({ shape, values: a, ...layout }, { shape, values: b });
    expectTwin(ours, compareTensors({ shape, values: a }, { shape, values: b }, RULE));
  });

  test("other numbers altogether: the summary is the twin's", async () => {
    const b = seeded(a.length, 9, 3);
    const ours = await compared({ shape, values: a, ...layout }, { shape, values: b });
    expectTwin(ours, compareTensors({ shape, values: a }, { shape, values: b }, RULE));
  });

  test('equal bits: bit-identical', async () => {
    const ours = await compared({ shape, values: a, ...layout }, { shape, values: a });
    expect(ours).toMatchObject({ verdict: 'bit-identical', bitEqual: a.length, maxAbs: 0, maxAbsIndex: [], cosine: 1 });
  });
});

describe('heads are broadcast as align.ts repeats them', () => {
  const small = seeded(5 * 2 * 11, 3);
  const repeated = (heads: number, smallHeads: number) =>
    Float32Array.from({ length: 5 * heads * 11 }, (_, i) => {
      const [pos, head, d] = [Math.floor(i / 11 / heads), Math.floor(i / 11) % heads, i % 11];
      return (
        (small[(pos * smallHeads + Math.floor((head * smallHeads) / heads)) * 11 + d] ?? 0) + (i % 7 === 0 ? 1e-6 : 0)
      );
    });

  test.each([
    { name: '[pos, kv, d] against [pos, heads, d]', small: [5, 2, 11], large: [5, 6, 11] },
    { name: '[pos, d] against [pos, heads, d]', small: [5, 22], large: [5, 3, 22] },
    { name: 'one head against no head axis', small: [5, 1, 22], large: [5, 22] },
  ])('$name, either way round', async ({ small: shapeA, large: shapeB }) => {
    const a = { shape: shapeA, values: small };
    const values = shapeB.at(-1) === 11 ? repeated(6, 2) : seeded(elementCount(shapeB), 4);
    const b = { shape: shapeB, values };
    expectTwin(await compared(a, b), compareTensors(a, b, RULE));
    expectTwin(await compared(b, a), compareTensors(b, a, RULE));
  });

  test('a head stride of 0 is read as every head', async () => {
    const shared = { shape: [5, 2, 11], strides: [12, 0, 1] };
    const row = seeded(55, 8);
    const values = Float32Array.from({ length: 110 }, (_, i) => row[Math.floor(i / 22) * 11 + (i % 11)] ?? 0);
    const b = { shape: [5, 2, 11], values: noisy(values, 1e-6) };
    expectTwin(await compared({ ...shared, values }, b), compareTensors({ shape: [5, 2, 11], values }, b, RULE));
  });
});

describe('what is no ordinary number', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const CASES: readonly { readonly name: string; readonly a: readonly number[]; readonly b: readonly number[] }[] = [
    { name: 'masked scores agree', a: [-inf, 1, 2], b: [-inf, 1, 2.5] },
    { name: 'a masked score against a number', a: [-inf, 1, 2], b: [3, 1, 2] },
    { name: 'infinities apart', a: [-inf, inf, 2], b: [inf, inf, 2] },
    { name: 'NaN on one side', a: [nan, 1, 2, 4], b: [1, 1, nan, 4.5] },
    { name: 'NaN on both', a: [nan, 1], b: [nan, 2] },
    { name: 'zeros of either sign', a: [0, -0, 1], b: [-0, 0, 1] },
    { name: 'all zero against something', a: [0, 0, 0], b: [1, -2, 1e-6] },
    { name: 'something against zero', a: [1, -2, 1e-6], b: [0, 0, 0] },
    { name: 'too large to square in f32', a: [1e30, -3e38, 2], b: [1e30, 3e38, 2.5] },
    { name: 'too small to square in f32', a: [1e-30, 2e-30, 0], b: [1e-30, 2.5e-30, 1e-31] },
    { name: 'denormals', a: [1e-40, 2e-45, 0], b: [3e-40, 0, 1e-45] },
    { name: 'gaps that round to one f32', a: [1e-9, 3e-9, 2e-9, 4e-9], b: [1, 1, 1, 1] },
    { name: 'equal gaps: the first', a: [1, 2, 3, 4], b: [1.5, 2.5, 3.5, 4.5] },
  ];
  const RULES: readonly Rule[] = [
    RULE,
    { atol: 0, rtol: 0 },
    { atol: 0.5, rtol: 0 },
    { atol: 0, rtol: 1 },
    { atol: inf, rtol: 0 },
  ];

  test.each(CASES)("$name: counts and largest difference are the twin's under every rule", async ({ a, b }) => {
    const [left, right] = [a, b].map((values) => ({ shape: [1, values.length], values: Float32Array.from(values) }));
    if (!left || !right) throw new Error('internal: no case');
    for (const rule of RULES) {
      const [ours, twin] = [await compared(left, right, rule), compareTensors(left, right, rule)];
      const counts = (summary: ComparisonSummary | null | undefined) =>
        summary && [
          summary.verdict,
          summary.mismatched,
          summary.bitEqual,
          summary.maxAbs,
          summary.maxAbsIndex,
          summary.nonFiniteA,
          summary.nonFiniteB,
          summary.ulpMedian,
          summary.ulpP99,
          summary.ulpMax,
        ];
      expect(counts(ours), JSON.stringify(rule)).toEqual(counts(twin));
    }
  });

  test('elements on the very edge of the rule are judged in f64', async () => {
    const a = Float32Array.from({ length: 1000 }, (_, i) => i);
    const b = a.map((value, i) => value + (i < 12 ? 0.1 : 0)); // f32(0.1) is above 0.1, rounded sums lie on either side
    const [left, right] = [
      { shape: [1000], values: a },
      { shape: [1000], values: b },
    ];
    const rule = { atol: 0.1, rtol: 0 };
    expectTwin(await compared(left, right, rule), compareTensors(left, right, rule));
  });
});

test("ULP ranks are exact at every size, far beyond the histogram's exact bins", async () => {
  const values = Float32Array.from({ length: 3001 }, (_, i) => 1 + i / 4096);
  for (const far of [100, 200, 5000, 70_000, 3e6, 9e8]) {
    const bits = new Uint32Array(values.slice().buffer);
    bits.forEach((word, i) => {
      bits[i] = word + Math.round((far * (i % 101)) / 50);
    });
    const [left, right] = [
      { shape: [3001], values },
      { shape: [3001], values: new Float32Array(bits.buffer) },
    ];
    const [ours, twin] = [await compared(left, right), compareTensors(left, right, RULE)];
    expect([ours?.ulpMedian, ours?.ulpP99, ours?.ulpMax]).toEqual([twin?.ulpMedian, twin?.ulpP99, twin?.ulpMax]);
  }
});

test('a repeated comparison allocates and compiles nothing, and reads back a few hundred bytes a pair', async () => {
  const values = seeded(4000, 2, 3);
  const [a, b] = await uploaded([
    { shape: [40, 100], values },
    { shape: [40, 100], values: noisy(values, 1e-6) },
  ]);
  if (!a || !b) throw new Error('internal: nothing was uploaded');
  const comparison = await PreparedComparison.make(gpu, [
    { label: 'x', a, b },
    { label: 'y', a, b: a },
  ]);
  const first = await comparison.run(RULE);
  const before = { ...gpu.counters };
  expect(await comparison.run(RULE)).toEqual(first);
  const counted = countedSince(before, gpu.counters);
  expect(counted).toMatchObject({ bufferAllocations: 0, pipelinesCompiled: 0, bindGroups: 0 });
  expect(comparison.readbackBytes / 2).toBeLessThan(400);
  comparison.destroy();
});

test("pairs that take turns at the histograms, and again at the closer ones, are each the twin's", async () => {
  const shape = [3, 5];
  const sides = Array.from({ length: 240 }, (_, at) => {
    const a = seeded(15, at + 1, 3);
    return [a, a.map((value, i) => (i < 9 ? value : value * (1 + at / 256)))] as const; // up to millions of ULP
  });
  const tensors = await uploaded(sides.flatMap((pair) => pair.map((values) => ({ shape, values }))));
  const pairs = sides.flatMap((_, at) => {
    const [a, b] = tensors.slice(2 * at);
    return a && b ? [{ label: `pair ${at}`, a, b }] : [];
  });
  for (const dealt of DEALT_OUT) {
    const comparison = await PreparedComparison.make(gpu, pairs, dealt);
    for (const rule of [RULE, { atol: 0, rtol: 0 }]) {
      const ours = await comparison.run(rule);
      sides.forEach(([a, b], at) => {
        expectTwin(ours[at], compareTensors({ shape, values: a }, { shape, values: b }, rule));
      });
    }
    comparison.destroy();
  }
  for (const { slot } of tensors) slot.destroy();
});
