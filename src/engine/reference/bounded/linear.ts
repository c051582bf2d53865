// A product with a weight, and its bias, with bounds: in f32 one sum; in a narrower type rounded where the run rounds it.
import type { Arithmetic } from '../arithmetic.ts';
import { denseRows, matmul } from '../matmul.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../referenceTensor.ts';
import { type Estimate, plus, sumOfTerms } from './estimate.ts';
import { asMatrix, held, type RunRounding, rounded } from './narrow.ts';

/** y = x·W + b, however its rows are laid out. */
export type Linear = {
  readonly x: Estimate;
  readonly W: ReferenceMatrix;
  readonly b: ReferenceMatrix | null; // [columns of W]
  readonly columnOf: (element: number) => number; // the column of W that an element of y is of
  readonly product: (
    x: ReferenceTensor,
    W: ReferenceMatrix,
    b: ReferenceMatrix | null,
    arithmetic: Arithmetic,
  ) => ReferenceTensor;
};

/** Bounds a linear map as a run rounds it. */
export function linearOf({ x, W, b, columnOf, product }: Linear, { precision, bias }: RunRounding): Estimate {
  if (precision === 'f32') {
    return sumOfTerms([x], W.rows + 1, ([rows = x], arithmetic) => product(rows, W, b, arithmetic));
  }
  const weight = held(W, precision);
  const sum = sumOfTerms([x, weight], W.rows, ([rows = x, w = weight], arithmetic) =>
    product(rows, asMatrix(w), null, arithmetic),
  );
  if (!b) return rounded(sum, precision);
  const biases = held(b, precision);
  const spread = (from: Float64Array) => sum.values.map((_, i) => from[columnOf(i)] ?? Number.NaN);
  const added: Estimate = { shape: sum.shape, values: spread(biases.values), bound: spread(biases.bound) };
  return rounded(plus(bias === 'after' ? rounded(sum, precision) : sum, added), precision);
}

/** x·W + b over the last axes of x that fill W's rows: [pos, columns]. */
export function productOf(x: Estimate, W: ReferenceMatrix, b: ReferenceMatrix | null, rounding: RunRounding): Estimate {
  const product: Linear['product'] = (rows, w, bias, arithmetic) => {
    const dense = denseRows(rows.values, w.rows);
    return { shape: [dense.rows, w.columns], values: matmul(dense, w, bias, arithmetic) };
  };
  return linearOf({ x, W, b, columnOf: (i) => i % W.columns, product }, rounding);
}
