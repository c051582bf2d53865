// changed[row, n] = out[row, n] + Σ_h (passed[row, h, n] − result[row, h, n]), heads in ascending order: an edit of single heads'
// results, carried to attention's output. Heads whose bits are as they were are skipped, so that −0 stays −0.
//
//   out, changed [rows, d_model] · result, passed [rows, n_heads, d_model], laid out alike
//
// One invocation an element. Twin: reference/attention.ts, which sums the edited results themselves.

struct Dims {
  rows: u32,
  n_heads: u32,
  d_model: u32,
  out_row_stride: u32, // of changed as well
  result_row_stride: u32,
  result_head_stride: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> out: array<f32>;
@group(0) @binding(2) var<storage, read> result: array<u32>;
@group(0) @binding(3) var<storage, read> passed: array<u32>;
@group(0) @binding(4) var<storage, read_write> changed: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  if (id.x >= dims.d_model || row >= dims.rows) {
    return;
  }
  let at = row * dims.out_row_stride + id.x;
  var sum = out[at];
  for (var head = 0u; head < dims.n_heads; head++) {
    let of_head = row * dims.result_row_stride + head * dims.result_head_stride + id.x;
    if (passed[of_head] != result[of_head]) {
      sum = stored(sum + (bitcast<f32>(passed[of_head]) - bitcast<f32>(result[of_head])));
    }
  }
  changed[at] = sum;
}
