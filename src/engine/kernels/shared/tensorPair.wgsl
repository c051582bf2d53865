// Two tensors of the same elements, each with strides of its own: where elements lie in either, and how far apart their bits are.
// Four elements at a time: on a software adapter a turn of a loop costs more than what is done in it.
// Bits, not numbers: WGSL may assume that there is neither NaN nor infinity. Bindings 0 to 2 of the kernels that compare.

override is_flat: bool = false; // both tensors are one run of memory: extent_3 elements, no divisions

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
const FOUR = vec4(0u, 1u, 2u, 3u);

/** The bits of four elements in a and in b. */
struct Four {
  a: vec4<u32>,
  b: vec4<u32>,
}

/** Elements i, row-major; strides of 0 broadcast. */
fn load(i: vec4<u32>) -> Four {
  if (is_flat) {
    return gather(dims.a_offset + i, dims.b_offset + i);
  }
  let row = i / dims.extent_3;
  let x3 = i - row * dims.extent_3;
  let plane = row / dims.extent_2;
  let x2 = row - plane * dims.extent_2;
  let x0 = plane / dims.extent_1;
  let x1 = plane - x0 * dims.extent_1;
  return gather(
    dims.a_offset + x0 * dims.a_stride_0 + x1 * dims.a_stride_1 + x2 * dims.a_stride_2 + x3 * dims.a_stride_3,
    dims.b_offset + x0 * dims.b_stride_0 + x1 * dims.b_stride_1 + x2 * dims.b_stride_2 + x3 * dims.b_stride_3,
  );
}

fn gather(a: vec4<u32>, b: vec4<u32>) -> Four {
  return Four(
    vec4(a_bits[a.x], a_bits[a.y], a_bits[a.z], a_bits[a.w]),
    vec4(b_bits[b.x], b_bits[b.y], b_bits[b.z], b_bits[b.w]),
  );
}

fn are_finite(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4(EXPONENT)) != vec4(EXPONENT);
}

fn are_nan(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4(MAGNITUDE)) > vec4(EXPONENT);
}

/** How many f32 lie from a to b; both zeros are one place. Not for NaN. */
fn ulp_distances(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let x = a & vec4(MAGNITUDE);
  let y = b & vec4(MAGNITUDE);
  return select(max(x, y) - min(x, y), x + y, (a ^ b) > vec4(MAGNITUDE));
}
