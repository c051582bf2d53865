// The matrix product y = x·W + b. `matmul` is the f64 twin of kernels/matmul.wgsl; `matmulInOrder` says in f32 what each
// summation order of a run specification means, one rounding at a time.
import { type Arithmetic, F64 } from './arithmetic.ts';
import type { ReferenceMatrix } from './referenceTensor.ts';
import { type ProductRounding, type SumOrder, sumOfProducts } from './sumInOrder.ts';

/** Rows of x: element (m, k) is `values[offset + m·rowStride + k]`, so that one head's rows are read in place. */
export type StridedRows = {
  readonly values: Float64Array;
  readonly rows: number;
  readonly offset: number;
  readonly rowStride: number;
};

/** Takes all of `values` as rows of `columns` elements, one after the other. */
export function denseRows(values: Float64Array, columns: number): StridedRows {
  return { values, rows: values.length / columns, offset: 0, rowStride: columns };
}

/** Multiplies in f64: y[m, n] = Σ_k x[m, k]·W[k, n] + b[n], k ascending, bias last: [m, n]. */
export function matmul(
  x: StridedRows, // [m, k]
  W: ReferenceMatrix, // [k, n]
  b: ReferenceMatrix | null = null, // [n]
  arithmetic: Arithmetic = F64,
): Float64Array {
  checkRows(x, W.rows);
  const { addScaled, biased, order, stored } = arithmetic;
  if (order.kind !== 'canonical') return inOrder(x, W, b, arithmetic);
  const y = new Float64Array(x.rows * W.columns);
  for (let m = 0; m < x.rows; m++) {
    const row = y.subarray(m * W.columns, (m + 1) * W.columns);
    for (let k = 0; k < W.rows; k++) {
      const factor = x.values[x.offset + m * x.rowStride + k] ?? Number.NaN;
      addScaled(row, factor, W.values, k * W.columns);
    }
    for (let n = 0; n < W.columns; n++) {
      row[n] = b ? biased(row[n] ?? 0, b.values[n] ?? Number.NaN) : stored(row[n] ?? 0);
    }
  }
  return y;
}

/** The sums in the arithmetic's own order, one element at a time. */
function inOrder(x: StridedRows, W: ReferenceMatrix, b: ReferenceMatrix | null, arithmetic: Arithmetic): Float64Array {
  const sums = matmulInOrder({ x, W, b: null, order: arithmetic.order, rounding: 'portable' });
  return Float64Array.from(sums, (sum, i) =>
    b ? arithmetic.biased(sum, b.values[i % W.columns] ?? Number.NaN) : arithmetic.stored(sum),
  );
}

export type OrderedMatmul = {
  readonly x: StridedRows; // [m, k], values of f32
  readonly W: ReferenceMatrix; // [k, n], values of f32
  readonly b: ReferenceMatrix | null; // [n], values of f32
  readonly order: SumOrder;
  readonly rounding: ProductRounding;
};

/** Multiplies in f32 in a given order, rounded as `rounding` says at every step; the bias is the last addition: [m, n]. */
export function matmulInOrder({ x, W, b, order, rounding }: OrderedMatmul): Float32Array<ArrayBuffer> {
  checkRows(x, W.rows);
  const y = new Float32Array(x.rows * W.columns);
  const column = new Float64Array(W.rows);
  for (let n = 0; n < W.columns; n++) {
    for (let k = 0; k < W.rows; k++) column[k] = W.values[k * W.columns + n] ?? Number.NaN;
    for (let m = 0; m < x.rows; m++) {
      const from = x.offset + m * x.rowStride;
      const sum = sumOfProducts(x.values.subarray(from, from + W.rows), column, order, rounding);
      y[m * W.columns + n] = b ? Math.fround(sum + (b.values[n] ?? Number.NaN)) : sum;
    }
  }
  return y;
}

function checkRows(x: StridedRows, columns: number): void {
  const end = x.rows === 0 ? 0 : x.offset + (x.rows - 1) * x.rowStride + columns;
  if (Number.isInteger(x.rows) && end <= x.values.length) return;
  throw new Error(
    `internal: ${x.rows} rows of ${columns} at offset ${x.offset}, stride ${x.rowStride}, do not lie in ${x.values.length} values`,
  );
}
