// What every product in canonical order shares: bindings, dims, four steps of k, the store. How invocations are dealt out is each
// kernel's own: matmul.wgsl, matmulQuad.wgsl, matmulShared.wgsl.
//
// y[m, n] = Σ_k x[m, k]·W[k, n] + b[n], k ascending (descending where `reversed`), one accumulator per element, bias last.
// The bits depend on the reduction length alone, not on kernel, tile, batch or layout.
//
// W lies in panels of 8 columns: [panel][⌈K/4⌉][4][8], zeros beyond K and beyond a group's columns. Columns come in groups (heads),
// each starting a panel; with `x_group_stride` every group reads an input of its own (split QKV), with 0 they share one.
//
//   x [rows, K] as vec4s (row padding is zero) · W panels · b [panels·8] · y [rows, y_row_stride]   Twin: reference/matmul.ts

override has_bias: bool = false;
override reversed: bool = false;

struct Dims {
  rows: u32,
  chunks: u32, // ⌈K/4⌉
  panels: u32, // of this product
  first_panel: u32, // in W and b
  panels_per_group: u32,
  group_columns: u32,
  x_row_stride: u32, // in vec4s, as the next two
  x_group_stride: u32,
  x_offset: u32,
  y_row_stride: u32,
  y_offset: u32,
  y_group_stride: u32, // group_columns, unless heads of k and v are repeated
  k: u32, // K, as the next of the products in other orders (shared/panels.wgsl)
  block_length: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// Where the panel's chunks begin in W.
fn first_chunk(panel: u32) -> u32 {
  return (dims.first_panel + panel) * dims.chunks;
}

// Where a row's input to this panel's group begins. Rows past the end read the last row and are not stored.
fn input_at(row: u32, panel: u32) -> u32 {
  return dims.x_offset + (panel / dims.panels_per_group) * dims.x_group_stride + min(row, dims.rows - 1u) * dims.x_row_stride;
}

fn chunk_of(step: u32) -> u32 {
  return select(step, dims.chunks - 1u - step, reversed);
}

// Four values of x, in the order in which they are added.
fn x_at(at: u32) -> vec4<f32> {
  let v = x[at];
  return select(v, v.wzyx, reversed);
}

// The weights that go with them.
fn chunk_at(at: u32) -> Chunk {
  var c = weights_at(at);
  if (rounding != 0u) {
    for (var i = 0u; i < 8u; i++) { c[i] = stored4(c[i]); }
  }
  return Chunk(
    select(c[0], c[6], reversed), select(c[1], c[7], reversed), select(c[2], c[4], reversed), select(c[3], c[5], reversed),
    select(c[4], c[2], reversed), select(c[5], c[3], reversed), select(c[6], c[0], reversed), select(c[7], c[1], reversed),
  );
}

fn columns_step(sum: vec4<f32>, v: vec4<f32>, w0: vec4<f32>, w1: vec4<f32>, w2: vec4<f32>, w3: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    mul_add_run(sum.x, v, w0.x, w1.x, w2.x, w3.x), mul_add_run(sum.y, v, w0.y, w1.y, w2.y, w3.y),
    mul_add_run(sum.z, v, w0.z, w1.z, w2.z, w3.z), mul_add_run(sum.w, v, w0.w, w1.w, w2.w, w3.w),
  );
}

struct Row { // of a panel: eight columns
  lo: vec4<f32>,
  hi: vec4<f32>,
}

// One row's eight sums, taken four k further.
fn row_step(sum: Row, v: vec4<f32>, c: Chunk) -> Row {
  return Row(
    columns_step(sum.lo, v, c[0], c[2], c[4], c[6]),
    columns_step(sum.hi, v, c[1], c[3], c[5], c[7]),
  );
}

// Adds the bias and stores one row's eight outputs, those that there are.
fn store(row: u32, panel: u32, sum: Row) {
  if (row >= dims.rows || panel >= dims.panels) {
    return;
  }
  var total = Row(stored4(sum.lo), stored4(sum.hi));
  if (has_bias) {
    total.lo = biased4(sum.lo, b[(dims.first_panel + panel) * 2u]);
    total.hi = biased4(sum.hi, b[(dims.first_panel + panel) * 2u + 1u]);
  }
  let group = panel / dims.panels_per_group;
  let column = (panel % dims.panels_per_group) * 8u;
  let at = dims.y_offset + row * dims.y_row_stride + group * dims.y_group_stride + column;
  let valid = dims.group_columns - column;
  y[at] = total.lo.x;
  if (valid > 1u) { y[at + 1u] = total.lo.y; }
  if (valid > 2u) { y[at + 2u] = total.lo.z; }
  if (valid > 3u) { y[at + 3u] = total.lo.w; }
  if (valid > 4u) { y[at + 4u] = total.hi.x; }
  if (valid > 5u) { y[at + 5u] = total.hi.y; }
  if (valid > 6u) { y[at + 6u] = total.hi.z; }
  if (valid > 7u) { y[at + 7u] = total.hi.w; }
}
