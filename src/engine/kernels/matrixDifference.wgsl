// delta = b − a of one head's matrices, what f64 gives, rounded once to f32: by the adapter's own subtraction, which is rounded correctly
// between normal numbers, and by integers where it may flush: a difference would be exactly 0 that is none. Behind shared/exactGap.wgsl.
//
//   a, b [n_pos, n_pos], each from an offset on · delta [n_pos, n_pos]; cells whose key is after their query are left as they are
//
// One invocation a cell. Twin: analysis/pooledMatrix.ts, matrixDifference.

struct Dims {
  n_pos: u32,
  a_offset: u32,
  b_offset: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> a_bits: array<u32>;
@group(0) @binding(2) var<storage, read> b_bits: array<u32>;
@group(0) @binding(3) var<storage, read_write> delta: array<u32>;

const SMALLEST_NORMAL: u32 = 0x00800000u;
const NOT_A_NUMBER: u32 = 0x7fc00000u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let query = id.y;
  if (id.x > query || query >= dims.n_pos) {
    return;
  }
  let cell = query * dims.n_pos + id.x;
  let a = a_bits[dims.a_offset + cell];
  let b = b_bits[dims.b_offset + cell];
  var bits = bitcast<u32>(bitcast<f32>(b) - bitcast<f32>(a));
  bits = select(bits, 0u, a == b);
  while (!(is_plain(a) && is_plain(b) && (a == b || is_plain(bits)))) { // an `if` that a software adapter skips
    bits = difference(a, b);
    break;
  }
  delta[cell] = bits;
}

/** Whether no adapter may take it for another number: normal and finite. */
fn is_plain(bits: u32) -> bool {
  return (bits & MAGNITUDE) - SMALLEST_NORMAL < EXPONENT - SMALLEST_NORMAL;
}

fn difference(a: u32, b: u32) -> u32 {
  if (max(a & MAGNITUDE, b & MAGNITUDE) > EXPONENT) {
    return NOT_A_NUMBER;
  }
  if (a == b) {
    return select(0u, a, a == MINUS_INFINITY); // masked in both
  }
  let size = nearest_f32(exact_gap(a, b));
  return select(size, size | SIGN, size > 0u && key_of(b) < key_of(a));
}

/** The f32 bits of a gap, ties to even; one below the normal range is a whole number of smallest ones, and exact. */
fn nearest_f32(gap: vec2<u32>) -> u32 {
  let biased = i32(gap.x >> 20u) - 896; // 1023 − 127
  if (biased > 254) {
    return EXPONENT;
  }
  let kept = gap_as_f32(gap);
  let rest = gap.y & 0x1fffffffu;
  let is_up = rest > 0x10000000u || (rest == 0x10000000u && (kept & 1u) == 1u);
  return kept + u32(biased > 0 && is_up);
}
