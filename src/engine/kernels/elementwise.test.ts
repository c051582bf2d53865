import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, planned, runForOne, runKernels, seeded, vector } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { activation, add } from './elementwise.ts';
import { spread } from './spread.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const COUNTS = [1, 3, 4, 5, 255, 256, 257, 1031]; // a workgroup takes 64 vec4s: 256

/** The same dispatch over two dimensions, three workgroups a row: as it is beyond 65,535 workgroups (spread.ts). */
function inRows(dispatch: Dispatch): Dispatch {
  const [vec4s = 0] = dispatch.dims;
  return { ...dispatch, dims: [vec4s, 3 * 64], workgroups: [3, Math.ceil(dispatch.workgroups[0] / 3), 1] };
}

/** The first index at which two arrays' bits differ, or −1. */
function firstDifference(ours: Float32Array, expected: Float32Array): number {
  const [a, b] = [bitsOf(ours), bitsOf(expected)];
  return a.length === b.length ? a.findIndex((bits, i) => bits !== b[i]) : 0;
}

test.each(COUNTS)('adding %d elements rounds each sum once', async (count) => {
  const [a, b] = [vector('a', seeded(count, 1)), vector('b', seeded(count, 2, 1e-4))];
  const sum = planned('sum', [count]);
  const dispatches = [add(a[0], b[0], sum, count)];
  const ours = await runForOne(gpu, { uploads: [a, b], dispatches, results: [sum] });
  expect(
    firstDifference(
      ours,
      Float32Array.from(a[1], (value, i) => value + (b[1][i] ?? 0)),
    ),
  ).toBe(-1);
});

async function relu(values: Float32Array<ArrayBuffer>, linear: Float32Array<ArrayBuffer> | null) {
  const [x, up] = [vector('pre', values), vector('preLinear', linear ?? new Float32Array(4))];
  const tensor = { label: 'pre', shape: [values.length], strides: [1], offset: 0 };
  const post = planned('post', [values.length]);
  const dispatch = activation({
    pre: { ...tensor, slot: x[0] },
    preLinear: linear && { ...tensor, slot: up[0] },
    post,
    elements: values.length,
    activation: 'relu',
  });
  return runForOne(gpu, { uploads: [x, up], dispatches: [dispatch], results: [post] });
}

test.each(COUNTS)('an activation reaches all of %d elements', async (count) => {
  const values = seeded(count, 3);
  expect(
    firstDifference(
      await relu(values, null),
      values.map((value) => Math.max(value, 0)),
    ),
  ).toBe(-1);
});

test('more workgroups than a dimension holds stand in rows, and each element is still reached once', async () => {
  expect(spread(65_535)).toEqual([65_535, 1, 1]);
  expect(spread(65_537)).toEqual([32_769, 2, 1]);
  const values = [seeded(1031, 1), seeded(1031, 2)];
  const [a, b] = values.map((of) => vector('x', of));
  if (!a || !b) throw new Error('internal: two vectors were made');
  const sum = planned('sum', [1031]);
  const adding = inRows(add(a[0], b[0], sum, 1031));
  expect(adding.workgroups).toEqual([3, 2, 1]);
  const pre = { label: 'pre', shape: [1031], strides: [1], offset: 0, slot: a[0] };
  const post = planned('post', [1031]);
  const relu = inRows(activation({ pre, preLinear: null, post, elements: 1031, activation: 'relu' }));
  const [sums, positives] = await runKernels(gpu, {
    uploads: [a, b],
    dispatches: [adding, relu],
    results: [sum, post],
  });
  const [left, right] = values;
  const expected = left?.map((value, i) => value + (right?.[i] ?? Number.NaN));
  expect(sums && expected && firstDifference(sums, expected)).toBe(-1);
  const cut = left?.map((value) => Math.max(value, 0));
  expect(positives && cut && firstDifference(positives, cut)).toBe(-1);
});

test('the gate multiplies the up projection, rounded once', async () => {
  const [gate, up] = [seeded(131, 4), seeded(131, 5)];
  const ours = await relu(gate, up);
  const expected = gate.map((value, i) => Math.max(value, 0) * (up[i] ?? 0));
  expect(Array.from(ours, (value) => value + 0)).toEqual(Array.from(expected, (value) => value + 0)); // 0 · negative: either zero
});

test('relu leaves every positive bit, and the largest numbers', async () => {
  const values = Float32Array.of(1e4, 3.4e38, 2 ** -126, 88.7, -1e4, -3.4e38, -88.7);
  expect([...(await relu(values, null))]).toEqual([...values.subarray(0, 4), 0, 0, 0]);
});
