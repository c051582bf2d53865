// y[row, :] = scale · W_E[:, ids[row]]: the column of each token's id, from the panels of matmul.wgsl (so that a tied
// unembedding is the same buffer). Also the learned positions, with positions for ids. Where the table is cut into parts, W_E is one
// of them and rows whose id is in another are left as they are.
//
//   ids [rows] · W_E [d_model, columns] in panels · y [rows, d_model]
//
// One invocation an element. Twin: reference/embed.ts.

override weight_dtype: u32 = 0u; // of shared/widen.wgsl

struct Dims {
  rows: u32,
  d_model: u32,
  chunks: u32, // ⌈d_model/4⌉
  y_row_stride: u32,
  scale: f32,
  first_column: u32, // of the part, in the table
  columns: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let k = id.x;
  let row = id.y;
  if (k >= dims.d_model || row >= dims.rows) {
    return;
  }
  let token = ids[row] - dims.first_column; // wraps below the part, to more than it has
  if (token >= dims.columns) {
    return;
  }
  let lane = token % 8u;
  let first = ((token / 8u) * dims.chunks * 4u + k) * 8u + lane; // element in the panels
  var value: f32;
  if (weight_dtype == F32) {
    value = bitcast<f32>(w[first]);
  } else {
    value = widen_16((w[first / 2u] >> ((first % 2u) * 16u)) & 0xffffu, weight_dtype);
  }
  y[row * dims.y_row_stride + k] = stored(product(stored(value), stored(dims.scale)));
}
