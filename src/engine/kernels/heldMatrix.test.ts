import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, runForOne, runKernels, seeded, type Upload, vector } from '../../../test/support/kernels.ts';
import { matrixDifference as difference, levelExtents, pooledMatrix, rangeOf } from '../analysis/pooledMatrix.ts';
import { rangeOfWords } from '../experiment/heads/heldHead.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { f32OfBits } from '../tensor/bits.ts';
import { EMPTY_RANGE, matrixDifference, matrixRange, poolMatrix } from './heldMatrix.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const [TINY, SMALLEST_NORMAL, LARGEST] = [2 ** -149, 2 ** -126, f32OfBits(0x7f7fffff)];
const ODD = [0, -0, TINY, -TINY, SMALLEST_NORMAL, -SMALLEST_NORMAL * 1.5, LARGEST, -LARGEST, 1, 1 + 2 ** -23, -1];
const INFINITE = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Cells of every magnitude, some of them odd, from `offset` on. */
function cells(nPos: number, seed: number, odd: readonly number[], offset = 0): Float32Array<ArrayBuffer> {
  const [values, powers] = [seeded(nPos * nPos, seed), seeded(nPos * nPos, seed + 1, 120)];
  const all = new Float32Array(offset + nPos * nPos);
  values.forEach((value, i) => {
    const isOdd = odd.length > 0 && i % 3 === seed % 3;
    all[offset + i] = isOdd ? (odd[(i * 7 + seed) % odd.length] ?? 0) : value * 2 ** Math.round(powers[i] ?? 0);
  });
  return all;
}

function square([slot]: Upload, extent: number, offset = 0) {
  return { slot, offset, extent };
}

/** NaN is NaN whatever its bits, and masked cells are as they were. */
function seen(values: Float32Array, nPos: number): Uint32Array {
  return bitsOf(
    values.map((value, i) => (i % nPos > Math.floor(i / nPos) ? 0 : Number.isNaN(value) ? Number.NaN : value)),
  );
}

test.each([
  ['ordinary numbers', 67, []],
  ['what adapters flush and what is rounded', 130, ODD],
  ['infinities, masked cells and NaN', 64, [...ODD, ...INFINITE, Number.NaN]],
  ['a prompt of one token', 1, ODD],
])('a difference has the bits of f64 rounded once: %s', async (_, nPos, odd) => {
  const [a, b] = [vector('a', cells(nPos, 3, odd, 5)), vector('b', cells(nPos, 4, odd))];
  const delta = new BufferSlot('delta', 4 * nPos * nPos);
  const dispatch = matrixDifference('delta', square(a, nPos, 5), square(b, nPos), delta);
  const result = { label: 'delta', slot: delta, shape: [nPos, nPos], strides: [nPos, 1], offset: 0 };
  const ours = await runForOne(gpu, { uploads: [a, b], dispatches: [dispatch], results: [result] });
  const theirs = difference(cells(nPos, 3, odd), cells(nPos, 4, odd));
  expect(seen(ours, nPos)).toEqual(seen(theirs, nPos));
});

test.each([
  ['three levels, an odd extent', 67, [...ODD, Number.NaN]],
  ['masked cells, and equals of either sign', 64, [1, -1, Number.NEGATIVE_INFINITY]],
  ['beyond one workgroup', 33, []],
])('each level is the one of analysis/pooledMatrix.ts, and the range its range: %s', async (_, nPos, odd) => {
  const values = cells(nPos, 5, odd);
  const [matrix, offset] = [vector('matrix', cells(nPos, 5, odd, 11)), 11];
  const extents = levelExtents(nPos).slice(1);
  const slots = extents.map((extent) => new BufferSlot(`${extent} cells a side`, 4 * extent * extent));
  const squares = [
    square(matrix, nPos, offset),
    ...slots.map((slot, at) => ({ slot, offset: 0, extent: extents[at] ?? 0 })),
  ];
  const ranges = new BufferSlot('ranges', 4 * 2 * EMPTY_RANGE.length);
  const ranged = { label: 'range', matrix: square(matrix, nPos, offset), ranges, at: 1, adapter: gpu.adapter };
  const [range, ...levels] = await runKernels(gpu, {
    uploads: [matrix, [ranges, Uint32Array.from([...EMPTY_RANGE, ...EMPTY_RANGE])]],
    dispatches: [
      matrixRange(ranged),
      ...slots.flatMap((slot, at) => {
        const beneath = squares[at];
        return beneath ? [poolMatrix(slot.label, beneath, slot)] : [];
      }),
    ],
    results: [
      { label: 'range', slot: ranges, shape: [EMPTY_RANGE.length], strides: [1], offset: EMPTY_RANGE.length },
      ...squares.slice(1).map(({ slot, extent }) => ({
        ...{ label: slot.label, slot, offset: 0 },
        ...{ shape: [extent, extent], strides: [extent, 1] },
      })),
    ],
  });
  const theirs = pooledMatrix(Float32Array.from(values), nPos);
  levels.forEach((level, at) => {
    const extent = extents[at] ?? 0;
    expect(seen(level, extent)).toEqual(seen(theirs.levels[at + 1] ?? new Float32Array(), extent));
  });
  expect(levels).toHaveLength(theirs.levels.length - 1);
  expect(rangeOfWords(new Uint32Array(range?.buffer ?? new ArrayBuffer()))).toEqual(rangeOf(values, nPos));
});

test('a matrix without a finite cell has the range of nothing', () => {
  const nothing = { low: 0, high: 0, smallest: 0, mostAfterFirst: 0, hasNaN: false };
  expect(rangeOfWords(Uint32Array.from(EMPTY_RANGE))).toEqual(nothing);
  expect(rangeOf(Float32Array.of(Number.NEGATIVE_INFINITY), 1)).toEqual(nothing);
});
