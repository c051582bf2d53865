// The embedding in f64: one column of W_E a token, times the architecture's scale; learned positions likewise.
// Twin of kernels/embed.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';
import type { ReferenceMatrix } from './referenceTensor.ts';

/** Gathers columns of a table [d_model, columns], times `scale`; throws where a column does not exist: [pos, d_model]. */
export function embed(
  table: ReferenceMatrix,
  columns: readonly number[],
  scale: number,
  { product, constant, stored }: Arithmetic = F64,
): Float64Array {
  const dModel = table.rows;
  const values = new Float64Array(columns.length * dModel);
  columns.forEach((column, pos) => {
    if (!Number.isInteger(column) || column < 0 || column >= table.columns) {
      throw new Error(`position ${pos} asks for column ${column} of an embedding of ${table.columns} columns`);
    }
    for (let i = 0; i < dModel; i++) {
      const element = table.values[i * table.columns + column] ?? Number.NaN;
      values[pos * dModel + i] = stored(product(element, stored(constant(scale))));
    }
  });
  return values;
}
