// ReferenceTensor and ReferenceMatrix: row-major numbers in f64 with their shape. What the reference's plain loops read and write.
import { elementCount, formatShape, type Shape } from '../tensor/shape.ts';

export type ReferenceTensor = { readonly shape: Shape; readonly values: Float64Array };

/** A weight [rows, columns]; a vector is one row. */
export type ReferenceMatrix = { readonly rows: number; readonly columns: number; readonly values: Float64Array };

/** Joins a shape and its values; throws where their counts differ. */
export function referenceTensor(shape: Shape, values: Float64Array): ReferenceTensor {
  if (values.length !== elementCount(shape)) {
    throw new Error(`internal: ${values.length} values do not fill a tensor of shape ${formatShape(shape)}`);
  }
  return { shape, values };
}

/** Reads the extent of one axis, counted from the front, or from the back where negative; throws where there is none. */
export function extent(tensor: ReferenceTensor, axis: number): number {
  const found = tensor.shape.at(axis);
  if (found === undefined) throw new Error(`internal: shape ${formatShape(tensor.shape)} has no axis ${axis}`);
  return found;
}

/** Takes `count` rows of a matrix from row `first`, sharing its values: [count, columns]. */
export function rowsOf(matrix: ReferenceMatrix, first: number, count: number): ReferenceMatrix {
  const values = matrix.values.subarray(first * matrix.columns, (first + count) * matrix.columns);
  return { rows: count, columns: matrix.columns, values };
}

/** Copies `count` columns of a matrix from column `first`: [rows, count]. */
export function columnsOf(matrix: ReferenceMatrix, first: number, count: number): ReferenceMatrix {
  const values = new Float64Array(matrix.rows * count);
  for (let row = 0; row < matrix.rows; row++) {
    const from = row * matrix.columns + first;
    values.set(matrix.values.subarray(from, from + count), row * count);
  }
  return { rows: matrix.rows, columns: count, values };
}
