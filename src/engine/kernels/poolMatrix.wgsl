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

const MASKED = MINUS_INFINITY;

fn stronger(held: u32, next: u32) -> u32 {
  let is_larger = (next & MAGNITUDE) > (held & MAGNITUDE); // a NaN's bits are beyond infinity's
  let is_next = held == MASKED || (is_larger && (held & MAGNITUDE) <= EXPONENT);
  return select(held, next, is_next && next != MASKED);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let half = (dims.extent + 1u) / 2u;
  if (id.x >= half || id.y >= half) {
    return;
  }
  var strongest = MASKED;
  while (id.x <= id.y) { // an `if` that a software adapter skips
    let first = cell(2u * id.y, 2u * id.x);
    let second = cell(2u * id.y, 2u * id.x + 1u);
    let below = cell(2u * id.y + 1u, 2u * id.x);
    strongest = stronger(stronger(stronger(first, second), below), cell(2u * id.y + 1u, 2u * id.x + 1u));
    break;
  }
  level[id.y * half + id.x] = strongest;
}

fn cell(query: u32, key: u32) -> u32 {
  let at = dims.offset + min(query, dims.extent - 1u) * dims.extent + min(key, dims.extent - 1u);
  return select(MASKED, beneath[at], query < dims.extent && key <= query);
}
