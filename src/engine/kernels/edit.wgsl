// y = x, but where head and row are chosen: x's place taken, scaled or added to.
//   replace: y = s · scale: y = factor·x · add: y = x + factor·s · fill: y = factor
// What is not chosen is copied as bits, and so is what replaces: writing back what was read changes none.
//
//   x, y [batch, pos, heads, width] · s the same, or shared along axes whose stride is 0
//   chosen [batch·pos + batch·heads]: 0, or 1 + the position of s to read, for each row; then 0 or 1 for each head of each batch element
//
// One invocation an element. The operations of hooks/intervention.ts. Twin: reference/edit.ts.

override operation: u32 = 0u;

const REPLACE: u32 = 0u;
const SCALE: u32 = 1u;
const ADD: u32 = 2u;
const FILL: u32 = 3u;

struct Places { // strides in elements; the last axis is contiguous
  offset: u32,
  batch: u32,
  pos: u32,
  head: u32,
}

struct Dims {
  batch: u32,
  n_pos: u32,
  heads: u32,
  width: u32,
  x: Places,
  s: Places,
  y: Places,
  factor: f32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> s: array<u32>;
@group(0) @binding(3) var<storage, read> chosen: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

fn at(places: Places, batch: u32, pos: u32, head: u32, i: u32) -> u32 {
  return places.offset + batch * places.batch + pos * places.pos + head * places.head + i;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  let head = id.z;
  if (id.x >= dims.width || row >= dims.batch * dims.n_pos) {
    return;
  }
  let batch = row / dims.n_pos;
  let pos = row % dims.n_pos;
  let row_chosen = chosen[row];
  let head_chosen = chosen[dims.batch * dims.n_pos + batch * dims.heads + head];
  let value = x[at(dims.x, batch, pos, head, id.x)];
  var result = value;
  if (row_chosen > 0u && head_chosen > 0u) {
    let source = s[at(dims.s, batch, row_chosen - 1u, head, id.x)];
    switch operation {
      case REPLACE: { result = source; }
      case SCALE: { result = bitcast<u32>(product(dims.factor, bitcast<f32>(value))); }
      case ADD: { result = bitcast<u32>(mul_add(dims.factor, bitcast<f32>(source), bitcast<f32>(value))); }
      default: { result = bitcast<u32>(dims.factor); }
    }
    if (rounding != 0u) {
      result = bitcast<u32>(stored(bitcast<f32>(result)));
    }
  }
  y[at(dims.y, batch, pos, head, id.x)] = result;
}
