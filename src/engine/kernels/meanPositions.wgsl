// y[batch, head, i] = Σ_pos x[batch, pos, head, i] / n_pos, in ascending order: what an intervention writes to ablate by the mean.
//
//   x [batch, pos, heads, width] · y [batch, heads, width]
//
// One invocation an element of y. Twin: reference/edit.ts.

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
  y: Places,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= dims.width) {
    return;
  }
  let x_at = dims.x.offset + id.y * dims.x.batch + id.z * dims.x.head + id.x;
  var sum = 0.0;
  for (var pos = 0u; pos < dims.n_pos; pos++) {
    sum += x[x_at + pos * dims.x.pos];
  }
  y[dims.y.offset + id.y * dims.y.batch + id.z * dims.y.head + id.x] =
    stored(quotient(sum, f32(dims.n_pos)));
}
