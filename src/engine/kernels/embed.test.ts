import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import {
  bitsOf,
  panelWords,
  planned,
  plannedPanels,
  rounded,
  runForOne,
  seeded,
} from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { embed as embedTwin } from '../reference/embed.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import { embed } from './embed.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Case = { readonly dModel: number; readonly dVocab: number; readonly rows: number };

/** Runs the look-up and its twin; a look-up and one product round once, so both are the same f32. */
async function both({ dModel, dVocab, rows }: Case, dtype: WeightDtype, scale: number) {
  const table = plannedPanels(dModel, 1, dVocab, dtype);
  const values = rounded(seeded(dModel * dVocab, 1), dtype);
  const tokens = Array.from({ length: rows }, (_, row) => (row * 7 + dVocab - 1) % dVocab); // the last token first
  const ids = new BufferSlot('ids', rows * 4);
  const y = planned('y', [rows, dModel]);
  const ours = await runForOne(gpu, {
    uploads: [
      [ids, Uint32Array.from(tokens)],
      [table.slot, panelWords(table, values)],
    ],
    dispatches: [embed({ ids, rows, table, firstColumn: 0, scale, y, yRowStride: y.strides[0] ?? 0 })],
    results: [y],
  });
  const matrix = { rows: dModel, columns: dVocab, values: Float64Array.from(values) };
  return { ours, twin: Float32Array.from(embedTwin(matrix, tokens, scale)) };
}

const CASES: readonly Case[] = [
  { dModel: 32, dVocab: 40, rows: 6 },
  { dModel: 1, dVocab: 40, rows: 6 },
  { dModel: 63, dVocab: 40, rows: 6 },
  { dModel: 65, dVocab: 40, rows: 6 },
  { dModel: 131, dVocab: 40, rows: 6 },
  { dModel: 32, dVocab: 1, rows: 6 },
  { dModel: 32, dVocab: 37, rows: 6 },
  { dModel: 32, dVocab: 40, rows: 1 },
  { dModel: 32, dVocab: 40, rows: 67 },
];

for (const dtype of ['f32', 'f16', 'bf16'] as const) {
  test.each(CASES)(`${dtype} [$dModel, $dVocab], $rows rows: each row is its token's column, to the bit`, async (c) => {
    const { ours, twin } = await both(c, dtype, 1);
    expect(bitsOf(ours)).toEqual(bitsOf(twin));
  });
}

test('the scale is one product, rounded once', async () => {
  const { ours, twin } = await both({ dModel: 65, dVocab: 37, rows: 11 }, 'bf16', Math.fround(Math.sqrt(65)));
  expect(bitsOf(ours)).toEqual(bitsOf(twin));
});
