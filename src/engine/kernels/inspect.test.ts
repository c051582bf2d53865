import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { laidOut, planned, seeded } from '../../../test/support/kernels.ts';
import type { Rule } from '../analysis/compare.ts';
import { inspectTensors } from '../analysis/inspectTensors.ts';
import { inspectValues } from '../analysis/ladder.ts';
import type { Activation } from '../capture/captured.ts';
import { countedSince } from '../gpu/counters.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { randomStream } from '../tensor/random.ts';
import { elementCount, type Shape } from '../tensor/shape.ts';
import { inspectShape } from './inspect.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Side = Activation & { readonly strides?: Shape; readonly offset?: number };

/** As the software adapter has it, and as a GPU. */
const DEALT_OUT = [inspectShape({ isSoftware: true }), inspectShape({ isSoftware: false })];
const RULE: Rule = { atol: 1e-6, rtol: 1e-5 };

/** Inspects on the GPU, dealt out in both ways, beside the twin; the summary has a test of its own (compare.test.ts). */
async function expectTwin(a: Side | null, b: Side | null, rule = RULE): Promise<void> {
  const { summary: _, ...twin } = inspectValues(a, b, rule);
  for (const { summary: __, ...ours } of await inspected(a, b, rule)) expect(ours).toEqual(twin);
}

async function inspected(a: Side | null, b: Side | null, rule: Rule) {
  const upload = (side: Side | null, label: string) => {
    if (!side) return null;
    const tensor = planned(label, side.shape, side.strides, side.offset);
    return { tensor, upload: laidOut(tensor, side.values) };
  };
  const sides = [upload(a, 'a'), upload(b, 'b')];
  const slots = sides.flatMap((side) => side?.tensor.slot ?? []);
  await gpu.allocate(slots);
  for (const side of sides) if (side) gpu.device.queue.writeBuffer(side.tensor.slot.buffer, 0, side.upload[1]);
  const tensors = { a: sides[0]?.tensor ?? null, b: sides[1]?.tensor ?? null };
  const answers: Awaited<ReturnType<typeof inspectTensors>>[] = [];
  for (const shape of DEALT_OUT) answers.push(await inspectTensors(gpu, tensors, rule, shape));
  for (const slot of slots) slot.destroy();
  return answers;
}

/** Any f32 whatever: NaN, infinities, subnormals and both zeros among them. */
function anyBits(count: number, seed: number): Float32Array<ArrayBuffer> {
  const next = randomStream(seed);
  const odd = [0, 0x80000000, 1, 0x807fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f7fffff];
  const bits = Uint32Array.from({ length: count }, () =>
    next() < 0.1 ? (odd[Math.floor(next() * odd.length)] ?? 0) : quiet(Math.floor(next() * 2 ** 32)),
  );
  return new Float32Array(bits.buffer);
}

/** A NaN's first bit is set on the way through a JavaScript number. */
function quiet(bits: number): number {
  return (bits & 0x7fffffff) > 0x7f800000 ? (bits | 0x400000) >>> 0 : bits;
}

/** b = a with noise of some ULP on most elements, as another order of summation leaves it. */
function noisy(values: Float32Array<ArrayBuffer>, share: number): Float32Array<ArrayBuffer> {
  const noise = seeded(values.length, 77, share);
  return values.map((value, i) => (i % 13 === 0 ? value : value + (noise[i] ?? 0)));
}

const SHAPES: readonly { readonly shape: Shape; readonly strides?: Shape; readonly offset?: number }[] = [
  { shape: [15, 128] },
  { shape: [1, 1] },
  { shape: [3, 127] },
  { shape: [8, 15, 15], strides: [225, 15, 1] },
  { shape: [7, 4, 11], strides: [100, 11, 1], offset: 8 },
  { shape: [7, 4, 11], strides: [100, 0, 1] },
  { shape: [419, 37] },
];

describe.each(SHAPES)('$shape, strides $strides', ({ shape, ...layout }) => {
  const values = seeded(elementCount(shape), 5, 3);
  const shared = layout.strides?.[1] === 0; // heads that lie in one place
  const a = { shape, ...layout, values: shared ? values.map((_, i) => values[i % 11] ?? 0) : values };

  test("noise of some ULP: the inspection is the twin's", async () => {
    await expectTwin(a, { shape, values: noisy(a.values, 1e-6) });
  });

  test("one run alone: the inspection is the twin's", async () => {
    await expectTwin(a, null);
    await expectTwin(null, a);
  });
});

test.each([
  { name: 'numbers of every size, NaN, infinities and subnormals', rule: RULE },
  { name: 'the same, bit for bit', rule: { atol: 0, rtol: 0 } },
])("$name: the inspection is the twin's", async ({ rule }) => {
  const side = (seed: number) => ({ shape: [61, 67], values: anyBits(61 * 67, seed) });
  await expectTwin(side(1), side(2), rule);
});

test('gaps of every width of exponents are rounded as f64 rounds them: the order of the worst is exact', async () => {
  const next = randomStream(9);
  const power = (most: number) => 2 ** Math.floor(next() * most);
  const pairs = Array.from({ length: 3000 }, () => {
    const large = (1 + next()) * power(4);
    const small = (1 + next()) / power(70);
    return [large, next() < 0.5 ? small : large + small * power(40)];
  });
  const of = (at: 0 | 1) => ({ shape: [pairs.length], values: Float32Array.from(pairs, (pair) => pair[at] ?? 0) });
  await expectTwin(of(0), of(1), { atol: 0, rtol: 0 });
});

test('equal gaps: of all that tie, the first stand on the list', async () => {
  const values = seeded(5000, 3).map((value) => Math.round(value * 8) / 8);
  const b = values.map((value, i) => (i % 3 === 0 ? value : value + (i % 2 === 0 ? 0.5 : -0.5)));
  await expectTwin({ shape: [5000], values }, { shape: [5000], values: b });
});

test('elements at the very edge of the rule, more than are listed: the greatest that fail are found all the same', async () => {
  const values = new Float32Array(500).fill(1);
  const b = values.map((value, i) => value + (i === 321 ? 2 ** -11 : i % 5 === 0 ? 2 ** -10 : 0));
  const rule = { atol: 0, rtol: 2 ** -10 };
  const found = inspectValues({ shape: [500], values }, { shape: [500], values: b }, rule);
  expect(found.difference?.greatestAbsolute).toBeNull();
  await expectTwin({ shape: [500], values }, { shape: [500], values: b }, rule);
  const failing = b.with(444, Number.NaN);
  await expectTwin({ shape: [500], values }, { shape: [500], values: failing }, rule);
});

test('heads are broadcast: each run has statistics of its own elements, the difference is of the repeated ones', async () => {
  const a = { shape: [5, 22], values: seeded(110, 3) };
  const b = { shape: [5, 3, 22], values: seeded(330, 4) };
  await expectTwin(a, b);
  await expectTwin(b, a);
});

test('shapes that do not go together are inspected each for itself; equal bits have no difference to show', async () => {
  const a = { shape: [5, 22], values: seeded(110, 3) };
  await expectTwin(a, { shape: [5, 23], values: seeded(115, 3) });
  await expectTwin(a, a);
  const [ours] = await inspected(a, a, RULE);
  expect(ours).toMatchObject({ summary: { verdict: 'bit-identical' }, worst: [], difference: null });
});

test('a tensor of nothing finite has an empty histogram', async () => {
  const a = { shape: [9], values: new Float32Array(9).fill(Number.NEGATIVE_INFINITY) };
  await expectTwin(a, null);
  await expectTwin(a, { shape: [9], values: new Float32Array(9).fill(Number.NaN) });
});

test('what is read back does not grow with the tensors', async () => {
  const side = (rows: number, seed: number) => ({ shape: [rows, 64], values: seeded(rows * 64, seed) });
  const read = async (rows: number) => {
    const before = { ...gpu.counters };
    await inspected(side(rows, 1), side(rows, 2), RULE);
    return countedSince(before, gpu.counters).readbackBytes;
  };
  const [small, large] = [await read(512), await read(2048)];
  expect(large).toBeLessThanOrEqual(small + 2 * 3 * 64 * 240); // more workgroups give lists, up to 64
  expect(large / 2).toBeLessThan(100_000); // a tensor has 512 KiB
});
