// Two tensors of the same elements, each with strides of its own: where element i lies in either, and how far apart its bits are.
// Bits, not numbers: WGSL may assume that there is neither NaN nor infinity. Bindings 0 to 2 of the kernels that compare.

struct Dims {
  n: u32, // elements of the pair
  chunk: u32, // consecutive elements of one workgroup
  pair: u32, // which of the comparison's pairs this is
  first_partial: u32, // where the pair's tallies begin, one a workgroup
  extent_1: u32, // of the three inner axes; the outermost has the rest
  extent_2: u32,
  extent_3: u32,
  a_offset: u32,
  a_stride_0: u32,
  a_stride_1: u32,
  a_stride_2: u32,
  a_stride_3: u32,
  b_offset: u32,
  b_stride_0: u32,
  b_stride_1: u32,
  b_stride_2: u32,
  b_stride_3: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> a_bits: array<u32>;
@group(0) @binding(2) var<storage, read> b_bits: array<u32>;

const EXPONENT: u32 = 0x7f800000u;
const MAGNITUDE: u32 = 0x7fffffffu;

/** Addresses of element i, row-major, in a and in b; strides of 0 broadcast. */
fn place(i: u32) -> vec2<u32> {
  if (dims.n == dims.extent_3) { // one row
    return vec2(dims.a_offset + i * dims.a_stride_3, dims.b_offset + i * dims.b_stride_3);
  }
  let row = i / dims.extent_3;
  let x3 = i - row * dims.extent_3;
  if (dims.extent_1 == 1u && dims.extent_2 == 1u) { // rows of one padded stride: what nearly every hook is
    return vec2(
      dims.a_offset + row * dims.a_stride_0 + x3 * dims.a_stride_3,
      dims.b_offset + row * dims.b_stride_0 + x3 * dims.b_stride_3,
    );
  }
  let plane = row / dims.extent_2;
  let x2 = row - plane * dims.extent_2;
  let x0 = plane / dims.extent_1;
  let x1 = plane - x0 * dims.extent_1;
  return vec2(
    dims.a_offset + x0 * dims.a_stride_0 + x1 * dims.a_stride_1 + x2 * dims.a_stride_2 + x3 * dims.a_stride_3,
    dims.b_offset + x0 * dims.b_stride_0 + x1 * dims.b_stride_1 + x2 * dims.b_stride_2 + x3 * dims.b_stride_3,
  );
}

fn is_finite_bits(bits: u32) -> bool {
  return (bits & EXPONENT) != EXPONENT;
}

fn is_nan_bits(bits: u32) -> bool {
  return (bits & MAGNITUDE) > EXPONENT;
}

/** How many f32 lie from a to b; both zeros are one place. Not for NaN. */
fn ulp_distance(a: u32, b: u32) -> u32 {
  let x = a & MAGNITUDE;
  let y = b & MAGNITUDE;
  return select(max(x, y) - min(x, y), x + y, (a ^ b) > MAGNITUDE);
}
