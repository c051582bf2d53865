// The residual sum in f64. Twin of kernels/add.wgsl.

/** Adds element by element; throws where the lengths differ. */
export function add(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length) throw new Error(`internal: cannot add ${b.length} elements to ${a.length}`);
  return a.map((value, i) => value + (b[i] ?? Number.NaN));
}
