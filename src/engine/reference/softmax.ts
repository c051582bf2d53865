// Softmax over each row in f64, in two passes: the maximum, then the sum. A masked element (−∞) gets exactly 0.
// Twin of kernels/softmax.wgsl.

import { type Arithmetic, F64 } from './arithmetic.ts';

/** Computes exp(x − max) / Σ exp(x − max) of each row of x [rows, width]; throws where a whole row is masked: [rows, width]. */
export function softmax(x: Float64Array, width: number, arithmetic: Arithmetic = F64): Float64Array {
  const { add, exp, quotient, stored } = arithmetic;
  if (arithmetic.softmaxBlock !== null) return online(x, width, arithmetic.softmaxBlock, arithmetic);
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

const LOWEST = -(2 ** 128 - 2 ** 104); // of f32

/**
 * The same with maximum and sum found in one pass over each row, `block` elements at a time: where a block raises the maximum, the
 * sum so far is scaled down. Twin of kernels/softmaxOnline.wgsl.
 */
function online(x: Float64Array, width: number, block: number, arithmetic: Arithmetic): Float64Array {
  const { add, mulAdd, exp, quotient, stored } = arithmetic;
  const pattern = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += width) {
    let [largest, sum] = [LOWEST, 0];
    for (let start = from; start < from + width; start += block) {
      const seen = x.subarray(start, Math.min(start + block, from + width)).filter((value) => value > LOWEST);
      const raised = seen.reduce((max, value) => Math.max(max, value), largest);
      const ofBlock = seen.reduce((total, value) => add(total, exp(add(value, -raised))), 0);
      sum = mulAdd(sum, exp(Math.max(add(largest, -raised), -200)), ofBlock);
      largest = raised;
    }
    for (let i = from; i < from + width; i++) {
      const value = x[i] ?? Number.NaN;
      pattern[i] = value > LOWEST ? stored(quotient(exp(add(value, -largest)), sum)) : 0;
    }
  }
  return pattern;
}
