// The residual sum. Twin of kernels/add.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';

/** Adds element by element; throws where the lengths differ. */
export function add(a: Float64Array, b: Float64Array, arithmetic: Arithmetic = F64): Float64Array {
  if (a.length !== b.length) throw new Error(`internal: cannot add ${b.length} elements to ${a.length}`);
  return a.map((value, i) => arithmetic.stored(arithmetic.add(value, b[i] ?? Number.NaN)));
}
