// Lays a piece of a checkpoint's matrix out in the panels that matmul.wgsl reads: [panel][⌈K/4⌉][4][8 columns].
// Element (k, n) of the matrix stands in its tensor at
//   offset + k·row_stride + ⌊n / columns_per_group⌋·group_stride + (n mod columns_per_group)·column_stride,
// so Linear, Conv1D and interleaved query_key_value all come through here, once, at upload. The source holds the tensor's
// elements source_base … source_base + source_elements; what it does not hold keeps its bits: pieces may come in any order,
// and cut a column, or a word of two 16-bit values, anywhere. Padding is never written and stays the zero of a new buffer.
//
// One invocation makes eight columns at one k, within the box of panels and k that the piece can touch.
// Twin: reference/loadWeights.ts.

override source_dtype: u32 = 0u; // of shared/widen.wgsl
override widened: bool = false; // store f32 whatever the source holds

struct Dims {
  invocations: u32, // box_ks × panels of the box
  invocations_x: u32, // per row of the dispatch
  box_panel: u32, // first panel of the box
  box_k: u32,
  box_ks: u32,
  rows: u32, // K
  chunks: u32, // ⌈K/4⌉
  first_panel: u32, // of the matrix in the result
  panels_per_group: u32,
  group_columns: u32, // of the result: a head's columns begin a panel
  offset: u32,
  row_stride: u32,
  column_stride: u32,
  columns_per_group: u32,
  group_stride: u32,
  source_base: u32,
  source_elements: u32,
  source_first: u32, // element of the buffer where the source begins
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> panels: array<u32>;

const ELSEWHERE = 0xffffffffu;

// Where in the buffer column n of this k stands; ELSEWHERE where the source does not hold it.
fn place(n: u32, k: u32) -> u32 {
  let at = dims.offset + k * dims.row_stride + (n / dims.columns_per_group) * dims.group_stride
    + (n % dims.columns_per_group) * dims.column_stride;
  let inside = at - dims.source_base; // wraps below the base, to more than there are
  return select(ELSEWHERE, inside + dims.source_first, inside < dims.source_elements);
}

fn half_at(at: u32) -> u32 {
  return (source[at / 2u] >> ((at % 2u) * 16u)) & 0xffffu;
}

fn store_wide(word: u32, at: u32) {
  if (at == ELSEWHERE) {
    return;
  }
  if (source_dtype == F32) {
    panels[word] = source[at];
  } else {
    panels[word] = bitcast<u32>(widen_16(half_at(at), source_dtype));
  }
}

fn store_pair(word: u32, low: u32, high: u32) {
  if (low == ELSEWHERE && high == ELSEWHERE) {
    return;
  }
  var pair = 0u;
  if (low == ELSEWHERE || high == ELSEWHERE) {
    pair = panels[word];
  }
  if (low != ELSEWHERE) {
    pair = (pair & 0xffff0000u) | half_at(low);
  }
  if (high != ELSEWHERE) {
    pair = (pair & 0xffffu) | (half_at(high) << 16u);
  }
  panels[word] = pair;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let invocation = id.y * dims.invocations_x + id.x;
  if (invocation >= dims.invocations) {
    return;
  }
  let k = dims.box_k + invocation % dims.box_ks;
  let panel = dims.box_panel + invocation / dims.box_ks;
  let column = (panel % dims.panels_per_group) * 8u; // of the group
  let n = (panel / dims.panels_per_group) * dims.group_columns + column;
  let count = min(dims.group_columns - column, 8u);
  let line = (dims.first_panel + panel) * dims.chunks * 4u + k;
  if (source_dtype == F32 || widened) {
    for (var i = 0u; i < count; i++) {
      store_wide(line * 8u + i, place(n + i, k));
    }
    return;
  }
  for (var i = 0u; i < count; i += 2u) {
    var high = ELSEWHERE;
    if (i + 1u < count) {
      high = place(n + i + 1u, k);
    }
    store_pair(line * 4u + i / 2u, place(n + i, k), high);
  }
}
