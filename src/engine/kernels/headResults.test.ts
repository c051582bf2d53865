import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import {
  bitsOf,
  departure,
  laidOut,
  panelWords,
  planned,
  plannedPanels,
  rounded,
  runForOne,
  seeded,
} from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { matmul } from '../reference/matmul.ts';
import { rowsOf } from '../reference/referenceTensor.ts';
import { productBound, UNIT_ROUNDOFF } from '../tensor/tolerances.ts';
import { headChanges, headResults } from './headResults.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const SHAPES = [
  { rows: 5, nHeads: 3, dHead: 8, dModel: 24 },
  { rows: 1, nHeads: 3, dHead: 8, dModel: 24 },
  { rows: 5, nHeads: 3, dHead: 11, dModel: 24 }, // heads that begin within a vec4 of W_O
  { rows: 5, nHeads: 1, dHead: 8, dModel: 29 },
  { rows: 3, nHeads: 2, dHead: 20, dModel: 521 }, // more than one workgroup of panels
] as const;

function placesOf(tensor: { readonly strides: readonly number[] }) {
  return { rowStride: tensor.strides[0] ?? 0, headStride: tensor.strides[1] ?? 0 };
}

test.each(SHAPES.flatMap((shape) => (['f32', 'bf16'] as const).map((dtype) => ({ ...shape, dtype }))))(
  'each head goes through its own rows of W_O: $rows rows, $nHeads heads of $dHead, $dModel wide, $dtype',
  async ({ dtype, ...shape }) => {
    const { rows, nHeads, dHead, dModel } = shape;
    const [z, result] = [planned('z', [rows, nHeads, dHead]), planned('result', [rows, nHeads, dModel])];
    const W_O = plannedPanels(nHeads * dHead, 1, dModel, dtype);
    const [zs, ws] = [seeded(rows * nHeads * dHead, 1), rounded(seeded(nHeads * dHead * dModel, 2), dtype)];
    const args = { ...shape, places: placesOf(result), z, zRowStride: z.strides[0] ?? 0, W_O, result };
    const ours = await runForOne(gpu, {
      uploads: [laidOut(z, zs), [W_O.slot, panelWords(W_O, ws)]],
      dispatches: [headResults(args)],
      results: [result],
    });
    const matrix = { rows: nHeads * dHead, columns: dModel, values: Float64Array.from(ws) };
    const truth = new Float64Array(rows * nHeads * dModel);
    for (let head = 0; head < nHeads; head++) {
      const own = { values: Float64Array.from(zs), rows, offset: head * dHead, rowStride: nHeads * dHead };
      const of = matmul(own, rowsOf(matrix, head * dHead, dHead));
      for (let row = 0; row < rows; row++) {
        truth.set(of.subarray(row * dModel, (row + 1) * dModel), (row * nHeads + head) * dModel);
      }
    }
    const allowed = () => productBound(dHead, dHead); // |z·w| < 1 in each term
    expect(departure({ shape: [rows, nHeads, dModel], ours, truth, allowed })).toBeNull();
  },
);

test.each(SHAPES)('what an edit changes is added head by head, $nHeads heads', async (shape) => {
  const { rows, nHeads, dModel } = shape;
  const [out, changed] = [planned('out', [rows, dModel]), planned('changed', [rows, dModel])];
  const [result, passed] = [planned('result', [rows, nHeads, dModel]), planned('passed', [rows, nHeads, dModel])];
  const [outs, before] = [seeded(rows * dModel, 1), seeded(rows * nHeads * dModel, 2)];
  outs[0] = -0;
  const after = before.map((value, i) => (Math.floor(i / dModel) % nHeads === 0 && i >= dModel ? value * 2 : value));
  const args = { ...shape, places: placesOf(result), outRowStride: out.strides[0] ?? 0, out, result, passed, changed };
  const ours = await runForOne(gpu, {
    uploads: [laidOut(out, outs), laidOut(result, before), laidOut(passed, after)],
    dispatches: [headChanges(args)],
    results: [changed],
  });
  const truth = Float64Array.from(outs, (value, i) => {
    const at = Math.floor(i / dModel) * nHeads * dModel + (i % dModel); // head 0
    return value + (after[at] ?? 0) - (before[at] ?? 0);
  });
  expect(departure({ shape: [rows, dModel], ours, truth, allowed: () => 3 * UNIT_ROUNDOFF })).toBeNull();
  expect(bitsOf(ours)[0]).toBe(0x80000000); // row 0 of head 0 is as it was: −0 stays −0
});
