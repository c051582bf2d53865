import { expect, test } from 'vitest';
import { openReference } from '../../../test/support/goldens.ts';
import { readView } from './loadWeights.ts';

const VIEW = { tensor: 't', tensorShape: [6, 2], rows: 2, offset: 0, rowStride: 1, columnsPerGroup: 6, groupStride: 0 };
const payload = Float32Array.from({ length: 12 }, (_, i) => i); // [6 outputs, 2 inputs]

test("a Linear's [d_out, d_in] is read as [d_in, d_out]", () => {
  const { values } = readView({ ...VIEW, columns: 6, columnStride: 2 }, payload);
  expect(values).toEqual(Float64Array.of(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11));
});

test('columns that lie in groups are gathered: k of two heads of d_head 1 in query_key_value', () => {
  const view = { ...VIEW, columns: 2, offset: 2, columnStride: 2, columnsPerGroup: 1, groupStride: 6 };
  expect(readView(view, payload).values).toEqual(Float64Array.of(2, 8, 3, 9));
});

test('a view past its tensor is an error that names it', () => {
  expect(() => readView({ ...VIEW, columns: 7, columnsPerGroup: 7, columnStride: 2 }, payload)).toThrow(
    't has no element 12',
  );
});

test('a tied unembedding is the very same matrix', async () => {
  const { config, weights } = await openReference('test/fixtures/goldens/llama3_rope');
  expect(config.tiedUnembedding).toBe(true);
  expect(weights.W_U).toBe(weights.W_E);
});
