// Softmax over each row in f64, in two passes: the maximum, then the sum. A masked element (−∞) gets exactly 0.
// Twin of kernels/softmax.wgsl.

import { type Arithmetic, F64 } from './arithmetic.ts';

/** Computes exp(x − max) / Σ exp(x − max) of each row of x [rows, width]; throws where a whole row is masked: [rows, width]. */
export function softmax(x: Float64Array, width: number, arithmetic: Arithmetic = F64): Float64Array {
  const { add, exp, quotient, stored } = arithmetic;
  const pattern = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += width) {
    const row = x.subarray(from, from + width);
    const largest = row.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
    if (largest === Number.NEGATIVE_INFINITY) throw new Error(`internal: softmax row ${from / width} is masked whole`);
    const exponentials = row.map((value) => exp(add(value, -largest)));
    const sum = exponentials.reduce((total, value) => add(total, value), 0);
    for (let i = 0; i < width; i++) pattern[from + i] = stored(quotient(exponentials[i] ?? Number.NaN, sum));
  }
  return pattern;
}
