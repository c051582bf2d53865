import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, planned, runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { activation, add } from './elementwise.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const COUNTS = [1, 63, 64, 65, 131, 4_194_305]; // the last: 65,537 workgroups of 64

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
