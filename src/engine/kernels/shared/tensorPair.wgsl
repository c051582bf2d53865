// Two tensors of the same elements, each with strides of its own: where elements lie in either, and how far apart their bits are.
// Four elements at a time, where memory allows by one load: on a software adapter a turn of a loop costs more than what is done in it.
// Bits, not numbers: it stands behind f32Bits.wgsl. Bindings 1 and 2 of the kernels that compare; `dims` is onePair.wgsl's or
// manyPairs.wgsl's.

override walk: u32 = 0u; // SCATTERED, ROWS or RUN: how quads of elements lie in both tensors

const SCATTERED: u32 = 0u; // anyhow: an element at a time
const ROWS: u32 = 1u; // the innermost axis in whole vec4s
const RUN: u32 = 2u; // all elements one after another from a vec4 on, no divisions

struct Dims {
  n: u32, // elements of the pair
  chunk: u32, // consecutive elements of one workgroup
  pair: u32, // which of the comparison's pairs this is
  histogram: u32, // where it counts: pairs take turns at histograms
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

@group(0) @binding(1) var<storage, read> a_quads: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> b_quads: array<vec4<u32>>;

const FOUR = vec4(0u, 1u, 2u, 3u);

/** The bits of four elements in a and in b. */
struct Four {
  a: vec4<u32>,
  b: vec4<u32>,
}

/** Elements at … at + 3, row-major, at being a multiple of 4; strides of 0 broadcast. Those from `end` on are 0 in both. */
fn load(at: u32, end: u32) -> Four {
  var four = quads(at);
  while (at + 4u > end) { // an `if` that a software adapter skips: it carries out both sides of the other kind under masks
    let exists = at + FOUR < vec4(end);
    four = Four(select(vec4(0u), four.a, exists), select(vec4(0u), four.b, exists));
    break;
  }
  return four;
}

fn quads(at: u32) -> Four {
  if (walk == RUN) {
    return Four(a_quads[(dims.a_offset + at) >> 2u], b_quads[(dims.b_offset + at) >> 2u]);
  }
  let last = dims.n - 1u;
  let x = place(min(at, last));
  if (walk == ROWS) {
    return Four(a_quads[x.x >> 2u], b_quads[x.y >> 2u]);
  }
  let y = place(min(at + 1u, last));
  let z = place(min(at + 2u, last));
  let w = place(min(at + 3u, last));
  let a = vec4(a_word(x.x), a_word(y.x), a_word(z.x), a_word(w.x));
  return Four(a, vec4(b_word(x.y), b_word(y.y), b_word(z.y), b_word(w.y)));
}

/** The bits of one element in a and in b. */
fn element(at: u32) -> vec2<u32> {
  let x = place(at);
  return vec2(a_word(x.x), b_word(x.y));
}

/** Where an element lies in a and in b. */
fn place(at: u32) -> vec2<u32> {
  let offset = vec2(dims.a_offset, dims.b_offset);
  if (walk == RUN) {
    return offset + at;
  }
  let row = at / dims.extent_3;
  let plane = row / dims.extent_2;
  let x0 = plane / dims.extent_1;
  let x1 = plane - x0 * dims.extent_1;
  let x2 = row - plane * dims.extent_2;
  let x3 = at - row * dims.extent_3;
  let outer = x0 * vec2(dims.a_stride_0, dims.b_stride_0) + x1 * vec2(dims.a_stride_1, dims.b_stride_1);
  return offset + outer + x2 * vec2(dims.a_stride_2, dims.b_stride_2) + x3 * vec2(dims.a_stride_3, dims.b_stride_3);
}

fn a_word(place: u32) -> u32 {
  return a_quads[place >> 2u][place & 3u];
}

fn b_word(place: u32) -> u32 {
  return b_quads[place >> 2u][place & 3u];
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
