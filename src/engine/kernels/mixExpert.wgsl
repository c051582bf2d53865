// mixed[row] += share[row, expert] · y[row], for the rows that are sent to this expert: the others are left alone, bit for bit.
// Experts come in ascending order; the first begins the sum at 0.
//
//   share [rows, n_experts] · y, mixed [rows, d_model], laid out alike
//
// One invocation an element. Jiang et al. 2024 (Mixtral), section 2.1. Twin: reference/moe.ts, moe.

override is_first: bool = false;

struct Dims {
  rows: u32,
  d_model: u32,
  expert: u32,
  share_row_stride: u32,
  y_row_stride: u32, // of mixed as well
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> share: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> mixed: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  if (id.x >= dims.d_model || row >= dims.rows) {
    return;
  }
  let at = row * dims.y_row_stride + id.x;
  let weight = share[row * dims.share_row_stride + dims.expert];
  if (is_first) {
    mixed[at] = 0.0;
  }
  if (weight > 0.0) {
    mixed[at] = stored(mul_add(weight, y[at], mixed[at]));
  }
}
