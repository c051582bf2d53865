// y[row, h, :] = x[row, ⌊h / repeats⌋, :]. With repeats = n_heads / n_key_value_heads this is repeat_kv, materialised; with
// repeats = n_heads it gives each head its own copy of the residual stream (hook_q_input), to be edited; with repeats = 1 it puts k and v
// where a cache keeps them. A pure copy of bits.
//
//   x [rows, heads / repeats, d] · y [rows, heads, d]
//
// One invocation four elements. transformers `repeat_kv`; TransformerLens `repeat_along_head_dimension`. Twin: reference/repeatKv.ts.

struct Dims {
  rows: u32,
  heads: u32, // of y
  repeats: u32,
  d: u32,
  x_row_stride: u32,
  x_head_stride: u32,
  x_offset: u32,
  y_row_stride: u32,
  y_head_stride: u32,
  y_offset: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let head = id.z;
  let row = id.y;
  let i = id.x * 4u;
  if (i >= dims.d || row >= dims.rows) {
    return;
  }
  let x_at = dims.x_offset + row * dims.x_row_stride + (head / dims.repeats) * dims.x_head_stride + i;
  let y_at = dims.y_offset + row * dims.y_row_stride + head * dims.y_head_stride + i;
  if (i + 4u > dims.d) { // the last of a row, which is not of whole fours
    for (var rest = 0u; rest < dims.d - i; rest++) {
      y[y_at + rest] = x[x_at + rest];
    }
    return;
  }
  y[y_at] = x[x_at];
  y[y_at + 1u] = x[x_at + 1u];
  y[y_at + 2u] = x[x_at + 2u];
  y[y_at + 3u] = x[x_at + 3u];
}
