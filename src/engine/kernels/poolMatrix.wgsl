// One level of a head's matrix from the one beneath: each cell the value of largest magnitude of its four, the first of equals. NaN goes
// before any number, any number before a masked cell (−∞). By the bits: WGSL may assume that there is neither NaN nor infinity.
//
//   beneath [extent, extent] from an offset on · level [⌈extent/2⌉, ⌈extent/2⌉]
//
// One invocation a cell of the level; keys after their query are masked whatever is there. Twin: analysis/pooledMatrix.ts, halved.

struct Dims {
  extent: u32, // of the level beneath
  offset: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> beneath: array<u32>;
@group(0) @binding(2) var<storage, read_write> level: array<u32>;

const EXPONENT: u32 = 0x7f800000u;
const MAGNITUDE: u32 = 0x7fffffffu;
const MASKED: u32 = 0xff800000u;

fn stronger(held: u32, next: u32) -> u32 {
  if (next == MASKED || (held & MAGNITUDE) > EXPONENT) {
    return held;
  }
  if (held == MASKED) {
    return next;
  }
  return select(held, next, (next & MAGNITUDE) > (held & MAGNITUDE)); // a NaN's bits are beyond infinity's
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let half = (dims.extent + 1u) / 2u;
  if (id.x >= half || id.y >= half) {
    return;
  }
  var strongest = MASKED;
  for (var query = 2u * id.y; query < min(2u * id.y + 2u, dims.extent); query++) {
    for (var key = 2u * id.x; key < min(2u * id.x + 2u, query + 1u); key++) {
      strongest = stronger(strongest, beneath[dims.offset + query * dims.extent + key]);
    }
  }
  level[id.y * half + id.x] = strongest;
}
