// A weight read out of a checkpoint against the formula of WeightView, element by element.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Checkpoint, TensorEntry, WeightView } from '../engine/index.ts';
import type { WeightLayout } from './graph.ts';
import { readWeight } from './readWeight.ts';

const extents = fc.integer({ min: 1, max: 5 });

/** A view of `groups` groups of columns, each group apart by `gap` columns that belong to others, as in query_key_value. */
const views = fc
  .record({
    rows: extents,
    perGroup: extents,
    groups: extents,
    gap: fc.integer({ min: 0, max: 3 }),
    linear: fc.boolean(),
  })
  .map(({ rows, perGroup, groups, gap, linear }): WeightView => {
    const allColumns = groups * (perGroup + gap);
    const columnStride = linear ? rows : 1;
    return {
      tensor: 'W',
      tensorShape: linear ? [allColumns, rows] : [rows, allColumns],
      rows,
      columns: groups * perGroup,
      offset: Math.min(gap, 1) * columnStride,
      rowStride: linear ? 1 : allColumns,
      columnStride,
      columnsPerGroup: perGroup,
      groupStride: (perGroup + gap) * columnStride,
    };
  });

/** A checkpoint of one tensor whose elements are 0, 1, 2, …: an element's value says where it lay. */
function counting(view: WeightView): Pick<Checkpoint, 'tensors'> {
  const count = view.tensorShape.reduce((product, extent) => product * extent, 1);
  const bytes = new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer);
  const source = { name: 'W', byteLength: bytes.length, read: async () => bytes.slice() };
  const entry: TensorEntry = {
    name: 'W',
    dtype: 'f32',
    shape: view.tensorShape,
    source,
    byteOffset: 0,
    byteLength: bytes.length,
  };
  return { tensors: new Map([['W', entry]]) };
}

test('every element of a weight is the one that the view names, as viewed and transposed', async () => {
  await fc.assert(
    fc.asyncProperty(views, fc.constantFrom<WeightLayout>('as-viewed', 'transposed'), async (view, layout) => {
      const values = await readWeight(counting(view), { name: 'W', view, layout });
      for (let k = 0; k < view.rows; k++) {
        for (let n = 0; n < view.columns; n++) {
          const at = layout === 'transposed' ? n * view.rows + k : k * view.columns + n;
          const group = Math.floor(n / view.columnsPerGroup) * view.groupStride;
          const inGroup = (n % view.columnsPerGroup) * view.columnStride;
          expect(values[at]).toBe(view.offset + k * view.rowStride + group + inGroup);
        }
      }
    }),
  );
});
