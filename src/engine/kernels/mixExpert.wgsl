// mixed[row] += shares[row, slot] · y[row] for each slot whose index is this expert: the rows that are not sent to it are left alone,
// bit for bit. Experts come in ascending order; the first begins the sum at 0.
//
//   indices, shares [rows, per_token] · y, mixed [rows, d_model], laid out alike
//
// One invocation an element. Jiang et al. 2024 (Mixtral), section 2.1. Twin: reference/moe.ts, moe.

override is_first: bool = false;

struct Dims {
  rows: u32,
  d_model: u32,
  expert: u32,
  per_token: u32,
  chosen_row_stride: u32,
  y_row_stride: u32, // of mixed as well
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> indices: array<f32>;
@group(0) @binding(2) var<storage, read> shares: array<f32>;
@group(0) @binding(3) var<storage, read> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> mixed: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  if (id.x >= dims.d_model || row >= dims.rows) {
    return;
  }
  let at = row * dims.y_row_stride + id.x;
  if (is_first) {
    mixed[at] = 0.0;
  }
  for (var slot = 0u; slot < dims.per_token; slot++) {
    let chosen = row * dims.chosen_row_stride + slot;
    if (indices[chosen] == f32(dims.expert)) {
      mixed[at] = stored(mul_add(shares[chosen], y[at], mixed[at]));
    }
  }
}
