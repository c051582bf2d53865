import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, departure, laidOut, planned, runForOne, seeded } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import { UNIT_ROUNDOFF } from '../tensor/tolerances.ts';
import { chosenWords, type EditArgs, type EditShape, type EditView, edit, meanPositions } from './edit.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

/** Control, then one dimension off at a time; the last has more elements a row than one workgroup. */
const SHAPES: readonly EditShape[] = [
  { batch: 1, nPos: 5, heads: 3, width: 16 },
  { batch: 3, nPos: 5, heads: 3, width: 16 },
  { batch: 1, nPos: 1, heads: 1, width: 1 },
  { batch: 2, nPos: 7, heads: 5, width: 131 },
];

const everyOther = (element: number, pos: number): number | null => ((element + pos) % 2 === 0 ? pos : null);
const ownHead =
  ({ heads }: EditShape) =>
  (element: number, head: number) =>
    head === element % heads; // one a batch element

function rows({ batch, nPos, heads, width }: EditShape, label: string): GpuTensor {
  return planned(label, [batch * nPos, heads, width]);
}

function view({ nPos }: EditShape, tensor: GpuTensor): EditView {
  const [pos, head] = [tensor.strides[0] ?? 0, tensor.strides[1] ?? 0];
  return { tensor, batchStride: nPos * pos, posStride: pos, headStride: head };
}

type Case = Pick<EditArgs, 'operation' | 'factor'>;

/** Runs an edit where every other row and one head of each batch element are chosen. */
async function run(shape: EditShape, { operation, factor }: Case) {
  const [x, s, y] = [rows(shape, 'x'), rows(shape, 's'), rows(shape, 'y')];
  const count = shape.batch * shape.nPos * shape.heads * shape.width;
  const [xs, ss] = [seeded(count, 1), seeded(count, 2)];
  const words = chosenWords(shape, everyOther, ownHead(shape));
  const chosen = new BufferSlot('chosen', words.byteLength);
  const views = { x: view(shape, x), source: view(shape, s), y: view(shape, y) };
  const ours = await runForOne(gpu, {
    uploads: [laidOut(x, xs), laidOut(s, ss), [chosen, words]],
    dispatches: [edit({ ...shape, ...views, operation, factor, chosen })],
    results: [y],
  });
  return { ours, xs, ss };
}

function isChosen(shape: EditShape, i: number): boolean {
  const row = Math.floor(i / (shape.heads * shape.width));
  const [element, head] = [Math.floor(row / shape.nPos), Math.floor(i / shape.width) % shape.heads];
  return everyOther(element, row % shape.nPos) !== null && ownHead(shape)(element, head);
}

const CASES: readonly (Case & { readonly of: (x: number, s: number) => number })[] = [
  { operation: 'replace', factor: 0, of: (_, s) => s },
  { operation: 'scale', factor: -1.5, of: (x) => -1.5 * x },
  { operation: 'add', factor: 0.3, of: (x, s) => x + Math.fround(0.3) * s },
  { operation: 'fill', factor: 7, of: () => 7 },
];

test.each(SHAPES.flatMap((shape) => CASES.map((operation) => ({ ...shape, ...operation }))))(
  '$operation at [$batch, $nPos, $heads, $width] changes what is chosen, and no other bit',
  async ({ operation, factor, of, ...shape }) => {
    const { ours, xs, ss } = await run(shape, { operation, factor });
    const truth = Float64Array.from(xs, (x, i) => (isChosen(shape, i) ? of(x, ss[i] ?? Number.NaN) : x));
    const allowed = (i: number) => (isChosen(shape, i) ? 2 * UNIT_ROUNDOFF * Math.abs(xs[i] ?? 0) + UNIT_ROUNDOFF : 0);
    const flat = [shape.batch * shape.nPos, shape.heads, shape.width];
    expect(departure({ shape: flat, ours, truth, allowed })).toBeNull();
  },
);

test('what is copied and what replaces keeps its bits: −0, subnormals, infinities, NaN payloads', async () => {
  const words = Uint32Array.of(0x80000000, 0x00000001, 0xff800000, 0x7fc12345);
  const odd = new Float32Array(words.buffer);
  const shape = { batch: 1, nPos: 2, heads: 1, width: 4 };
  const [x, s, y] = [rows(shape, 'x'), planned('s', [4]), rows(shape, 'y')];
  const chosenRows = chosenWords(
    shape,
    (_, pos) => (pos === 1 ? 0 : null),
    () => true,
  );
  const chosen = new BufferSlot('chosen', chosenRows.byteLength);
  const source = { tensor: s, batchStride: 0, posStride: 0, headStride: 0 };
  const views = { x: view(shape, x), source, y: view(shape, y) };
  const copied = new Float32Array(8);
  copied.set(odd);
  const ours = await runForOne(gpu, {
    uploads: [
      [x.slot, new Uint32Array(copied.buffer)],
      [s.slot, words],
      [chosen, chosenRows],
    ],
    dispatches: [edit({ ...shape, ...views, operation: 'replace', factor: 0, chosen })],
    results: [y],
  });
  expect(Array.from(bitsOf(ours))).toEqual([...words, ...words]);
});

test('two positions change places where each reads the other', async () => {
  const shape = { batch: 1, nPos: 3, heads: 1, width: 2 };
  const [x, y] = [rows(shape, 'x'), rows(shape, 'y')];
  const words = chosenWords(
    shape,
    (_, pos) => [2, null, 0][pos] ?? null,
    () => true,
  );
  const chosen = new BufferSlot('chosen', words.byteLength);
  const views = { x: view(shape, x), source: view(shape, x), y: view(shape, y) };
  const ours = await runForOne(gpu, {
    uploads: [laidOut(x, Float32Array.of(1, 2, 3, 4, 5, 6)), [chosen, words]],
    dispatches: [edit({ ...shape, ...views, operation: 'replace', factor: 0, chosen })],
    results: [y],
  });
  expect(Array.from(ours)).toEqual([5, 6, 3, 4, 1, 2]);
});

test.each(SHAPES)('the mean over $nPos positions of [$batch, $heads, $width]', async (shape) => {
  const { batch, nPos, heads, width } = shape;
  const x = rows(shape, 'x');
  const mean = planned('mean', [batch, heads, width], [heads * width, width, 1]);
  const values = seeded(batch * nPos * heads * width, 5);
  const at = { tensor: mean, batchStride: heads * width, posStride: 0, headStride: width };
  const ours = await runForOne(gpu, {
    uploads: [laidOut(x, values)],
    dispatches: [meanPositions(shape, view(shape, x), at)],
    results: [mean],
  });
  const truth = new Float64Array(batch * heads * width);
  values.forEach((value, i) => {
    const element = Math.floor(i / (nPos * heads * width));
    const into = element * heads * width + (i % (heads * width));
    truth[into] = (truth[into] ?? 0) + value / nPos;
  });
  const allowed = () => (nPos + 3) * UNIT_ROUNDOFF; // nPos − 1 sums and a division, of values below 1
  expect(departure({ shape: [batch, heads, width], ours, truth, allowed })).toBeNull();
});
