// result[row, h, n] = Σ_i z[row, h, i] · W_O[h·d_head + i, n], i ascending: what head h adds to the stream, without b_O.
//
//   z [rows, n_heads, d_head] · W_O panels of matmul.wgsl, [panel][⌈K/4⌉][4][8] with K = n_heads·d_head · result [rows, n_heads, d_model]
//
// One invocation owns eight outputs. TransformerLens hook_result. Twin: reference/attention.ts, headResults.

override weight_dtype: u32 = 0u; // of shared/widen.wgsl

struct Dims {
  rows: u32,
  n_heads: u32,
  d_head: u32,
  d_model: u32,
  chunks: u32, // ⌈K/4⌉
  z_row_stride: u32,
  z_offset: u32,
  result_row_stride: u32,
  result_head_stride: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y;
  let head = id.z;
  if (panel * 8u >= dims.d_model || row >= dims.rows) {
    return;
  }
  var lo = vec4<f32>();
  var hi = vec4<f32>();
  let z_at = dims.z_offset + row * dims.z_row_stride + head * dims.d_head;
  for (var i = 0u; i < dims.d_head; i++) {
    let at = panel * dims.chunks * 4u + head * dims.d_head + i;
    let factor = vec4(z[z_at + i]);
    if (weight_dtype == F32) {
      lo = mul_add4(factor, stored4(bitcast<vec4<f32>>(w[at * 2u])), lo);
      hi = mul_add4(factor, stored4(bitcast<vec4<f32>>(w[at * 2u + 1u])), hi);
    } else {
      lo = mul_add4(factor, stored4(widen_pairs(w[at].xy, weight_dtype)), lo);
      hi = mul_add4(factor, stored4(widen_pairs(w[at].zw, weight_dtype)), hi);
    }
  }
  lo = stored4(lo);
  hi = stored4(hi);
  let result_at = row * dims.result_row_stride + head * dims.result_head_stride + panel * 8u;
  for (var i = 0u; i < min(dims.d_model - panel * 8u, 8u); i++) {
    if (i < 4u) { result[result_at + i] = lo[i]; } else { result[result_at + i] = hi[i - 4u]; }
  }
}
