import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { headThumbnail } from '../reference/headThumbnails.ts';
import { headThumbnails } from './headThumbnails.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const CONTROL = { nHeads: 2, nPos: 64, extent: 16 };
const SHAPES = [
  CONTROL,
  { ...CONTROL, nHeads: 1 },
  { ...CONTROL, nHeads: 5 },
  { ...CONTROL, extent: 64 }, // nothing is pooled
  { ...CONTROL, extent: 7 }, // pools of unequal size
  { ...CONTROL, extent: 9 }, // beyond one workgroup
  { ...CONTROL, extent: 1 },
  { ...CONTROL, nPos: 67 },
  { nHeads: 1, nPos: 1, extent: 1 },
];

test.each(SHAPES)('$nHeads heads of $nPos² become $extent²', async ({ nHeads, nPos, extent }) => {
  const [offset, firstHead] = [24, 3]; // the second head of a kept tensor, after another layer's heads
  const values = seeded(offset + nHeads * nPos * nPos, 7).map(Math.abs);
  values[offset + 1] = 9; // beyond the mask of query 0, unless there is one position: must not be seen
  const [slot] = vector('pattern', values);
  const atlas = new BufferSlot('atlas', 4 * (firstHead + nHeads) * extent * extent);
  const dispatch = headThumbnails({
    label: 'atlas',
    pattern: { slot, offset },
    nHeads,
    nPos,
    atlas,
    extent,
    firstHead,
  });
  const result = { label: 'atlas', slot: atlas, shape: [firstHead + nHeads, extent * extent], offset: 0 };
  const run = { uploads: [[slot, values] as const], dispatches: [dispatch] };
  const ours = await runForOne(gpu, { ...run, results: [{ ...result, strides: [extent * extent, 1] }] });
  const heads = Array.from({ length: nHeads }, (_, head) =>
    headThumbnail(values.subarray(offset + head * nPos * nPos, offset + (head + 1) * nPos * nPos), nPos, extent),
  );
  const expected = new Float32Array((firstHead + nHeads) * extent * extent);
  heads.forEach((head, at) => {
    expected.set(head, (firstHead + at) * extent * extent);
  });
  expect(bitsOf(ours)).toEqual(bitsOf(expected));
});
