// What the products in other orders share: the same bindings and dims as matmul.wgsl, read one k at a time.
override weight_dtype: u32 = 0u; // of shared/widen.wgsl
override has_bias: bool = false;

struct Dims {
  rows: u32,
  chunks: u32, // ⌈K/4⌉
  panels: u32,
  first_panel: u32,
  panels_per_group: u32,
  group_columns: u32,
  x_row_stride: u32, // in vec4s, as the next two
  x_group_stride: u32,
  x_offset: u32,
  y_row_stride: u32,
  y_offset: u32,
  y_group_stride: u32,
  k: u32, // K
  block_length: u32, // of matmulBlocked.wgsl
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

struct Eight { // one row's outputs in one panel
  lo: vec4<f32>,
  hi: vec4<f32>,
}

// The eight weights of one k in a panel.
fn weights(panel: u32, k: u32) -> Eight {
  let at = (dims.first_panel + panel) * dims.chunks * 4u + k;
  if (weight_dtype == F32) {
    return Eight(stored4(bitcast<vec4<f32>>(w[at * 2u])), stored4(bitcast<vec4<f32>>(w[at * 2u + 1u])));
  }
  let words = w[at];
  return Eight(stored4(widen_pairs(words.xy, weight_dtype)), stored4(widen_pairs(words.zw, weight_dtype)));
}

// Where row's input to this panel's group begins.
fn input_at(row: u32, panel: u32) -> u32 {
  return (dims.x_offset + row * dims.x_row_stride + (panel / dims.panels_per_group) * dims.x_group_stride) * 4u;
}

// Adds the bias last and stores the columns that the group has.
fn store(row: u32, panel: u32, sum: Eight) {
  var total = Eight(stored4(sum.lo), stored4(sum.hi));
  if (has_bias) {
    total.lo = biased4(sum.lo, b[(dims.first_panel + panel) * 2u]);
    total.hi = biased4(sum.hi, b[(dims.first_panel + panel) * 2u + 1u]);
  }
  let column = (panel % dims.panels_per_group) * 8u;
  let at = dims.y_offset + row * dims.y_row_stride + (panel / dims.panels_per_group) * dims.y_group_stride + column;
  let valid = min(dims.group_columns - column, 8u);
  for (var i = 0u; i < valid; i++) {
    if (i < 4u) { y[at + i] = total.lo[i]; } else { y[at + i] = total.hi[i - 4u]; }
  }
}
