// y[m, n] = Σ_k x[m, k]·W[k, n] + b[n], k ascending (descending where `reversed`), one accumulator per element, bias last:
// the canonical order. Its bits depend on the reduction length alone, not on tile, batch or layout.
//
// W lies in panels of 8 columns: [panel][⌈K/4⌉][4][8], zeros beyond K and beyond a group's columns. Columns come in groups (heads),
// each starting a panel; with `x_group_stride` every group reads an input of its own (split QKV), with 0 they share one.
//
//   x [rows, K] as vec4s (row padding is zero) · W panels · b [panels·8] · y [rows, y_row_stride]
//
// One invocation owns tile_rows × 8 outputs in registers. No shared memory, no barrier. Twin: reference/matmul.ts.
// After the register tiles of BLIS (Van Zee & van de Geijn, 2015).

override tile_rows: u32 = 8u; // 1, 2, 4 or 8
override weight_dtype: u32 = 0u; // of shared/widen.wgsl
override has_bias: bool = false;
override reversed: bool = false;
override workgroup_panels: u32 = 4u;
override workgroup_tiles: u32 = 1u;

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
}

struct Columns { // eight columns at one k
  lo: vec4<f32>,
  hi: vec4<f32>,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> w: array<array<vec4<u32>, 4>>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn columns_f32(lo: vec4<u32>, hi: vec4<u32>) -> Columns {
  return Columns(bitcast<vec4<f32>>(lo), bitcast<vec4<f32>>(hi));
}

fn columns_16(words: vec4<u32>) -> Columns {
  return Columns(widen_pairs(words.xy, weight_dtype), widen_pairs(words.zw, weight_dtype));
}

// acc + Σ over four k, in order.
fn four(acc: vec4<f32>, x4: vec4<f32>, w0: vec4<f32>, w1: vec4<f32>, w2: vec4<f32>, w3: vec4<f32>) -> vec4<f32> {
  if (reversed) {
    return fma(vec4(x4.x), w0, fma(vec4(x4.y), w1, fma(vec4(x4.z), w2, fma(vec4(x4.w), w3, acc))));
  }
  return fma(vec4(x4.w), w3, fma(vec4(x4.z), w2, fma(vec4(x4.y), w1, fma(vec4(x4.x), w0, acc))));
}

// Stores one row's eight outputs, those that the group has.
fn store(row: u32, panel: u32, lo: vec4<f32>, hi: vec4<f32>) {
  if (row >= dims.rows) {
    return;
  }
  var low = lo;
  var high = hi;
  if (has_bias) {
    low += b[(dims.first_panel + panel) * 2u];
    high += b[(dims.first_panel + panel) * 2u + 1u];
  }
  let group = panel / dims.panels_per_group;
  let column = (panel % dims.panels_per_group) * 8u;
  let at = dims.y_offset + row * dims.y_row_stride + group * dims.y_group_stride + column;
  let valid = dims.group_columns - column;
  y[at] = low.x;
  if (valid > 1u) { y[at + 1u] = low.y; }
  if (valid > 2u) { y[at + 2u] = low.z; }
  if (valid > 3u) { y[at + 3u] = low.w; }
  if (valid > 4u) { y[at + 4u] = high.x; }
  if (valid > 5u) { y[at + 5u] = high.y; }
  if (valid > 6u) { y[at + 6u] = high.z; }
  if (valid > 7u) { y[at + 7u] = high.w; }
}

@compute @workgroup_size(workgroup_panels, workgroup_tiles)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y * tile_rows;
  if (panel >= dims.panels || row >= dims.rows) {
    return;
  }
  let last = dims.rows - 1u; // rows past the end read the last row and are not stored
  let base = dims.x_offset + (panel / dims.panels_per_group) * dims.x_group_stride;
  let x0 = base + row * dims.x_row_stride;
  let x1 = base + min(row + 1u, last) * dims.x_row_stride;
  let x2 = base + min(row + 2u, last) * dims.x_row_stride;
  let x3 = base + min(row + 3u, last) * dims.x_row_stride;
  let x4 = base + min(row + 4u, last) * dims.x_row_stride;
  let x5 = base + min(row + 5u, last) * dims.x_row_stride;
  let x6 = base + min(row + 6u, last) * dims.x_row_stride;
  let x7 = base + min(row + 7u, last) * dims.x_row_stride;
  var l0 = vec4<f32>(); var l1 = vec4<f32>(); var l2 = vec4<f32>(); var l3 = vec4<f32>();
  var l4 = vec4<f32>(); var l5 = vec4<f32>(); var l6 = vec4<f32>(); var l7 = vec4<f32>();
  var h0 = vec4<f32>(); var h1 = vec4<f32>(); var h2 = vec4<f32>(); var h3 = vec4<f32>();
  var h4 = vec4<f32>(); var h5 = vec4<f32>(); var h6 = vec4<f32>(); var h7 = vec4<f32>();
  let w_base = (dims.first_panel + panel) * dims.chunks;
  for (var step = 0u; step < dims.chunks; step++) {
    let chunk = select(step, dims.chunks - 1u - step, reversed);
    var c0: Columns; var c1: Columns; var c2: Columns; var c3: Columns;
    if (weight_dtype == F32) {
      let first = w[(w_base + chunk) * 2u];
      let second = w[(w_base + chunk) * 2u + 1u];
      c0 = columns_f32(first[0], first[1]);
      c1 = columns_f32(first[2], first[3]);
      c2 = columns_f32(second[0], second[1]);
      c3 = columns_f32(second[2], second[3]);
    } else {
      let words = w[w_base + chunk];
      c0 = columns_16(words[0]);
      c1 = columns_16(words[1]);
      c2 = columns_16(words[2]);
      c3 = columns_16(words[3]);
    }
    { let v = x[x0 + chunk]; l0 = four(l0, v, c0.lo, c1.lo, c2.lo, c3.lo); h0 = four(h0, v, c0.hi, c1.hi, c2.hi, c3.hi); }
    if (tile_rows > 1u) {
      let v = x[x1 + chunk]; l1 = four(l1, v, c0.lo, c1.lo, c2.lo, c3.lo); h1 = four(h1, v, c0.hi, c1.hi, c2.hi, c3.hi);
    }
    if (tile_rows > 2u) {
      { let v = x[x2 + chunk]; l2 = four(l2, v, c0.lo, c1.lo, c2.lo, c3.lo); h2 = four(h2, v, c0.hi, c1.hi, c2.hi, c3.hi); }
      { let v = x[x3 + chunk]; l3 = four(l3, v, c0.lo, c1.lo, c2.lo, c3.lo); h3 = four(h3, v, c0.hi, c1.hi, c2.hi, c3.hi); }
    }
    if (tile_rows > 4u) {
      { let v = x[x4 + chunk]; l4 = four(l4, v, c0.lo, c1.lo, c2.lo, c3.lo); h4 = four(h4, v, c0.hi, c1.hi, c2.hi, c3.hi); }
      { let v = x[x5 + chunk]; l5 = four(l5, v, c0.lo, c1.lo, c2.lo, c3.lo); h5 = four(h5, v, c0.hi, c1.hi, c2.hi, c3.hi); }
      { let v = x[x6 + chunk]; l6 = four(l6, v, c0.lo, c1.lo, c2.lo, c3.lo); h6 = four(h6, v, c0.hi, c1.hi, c2.hi, c3.hi); }
      { let v = x[x7 + chunk]; l7 = four(l7, v, c0.lo, c1.lo, c2.lo, c3.lo); h7 = four(h7, v, c0.hi, c1.hi, c2.hi, c3.hi); }
    }
  }
  store(row, panel, l0, h0);
  if (tile_rows > 1u) { store(row + 1u, panel, l1, h1); }
  if (tile_rows > 2u) { store(row + 2u, panel, l2, h2); store(row + 3u, panel, l3, h3); }
  if (tile_rows > 4u) {
    store(row + 4u, panel, l4, h4); store(row + 5u, panel, l5, h5);
    store(row + 6u, panel, l6, h6); store(row + 7u, panel, l7, h7);
  }
}
