// Lays a checkpoint's matrix out in the panels that matmul.wgsl reads: [panel][⌈K/4⌉][4][8 columns], zeros where there is nothing.
// Element (k, n) of the matrix stands in the checkpoint at
//   offset + k·row_stride + ⌊n / columns_per_group⌋·group_stride + (n mod columns_per_group)·column_stride − source_base,
// so Linear, Conv1D and interleaved query_key_value all come through here, once, at upload.
//
// One invocation makes one u32 of the result: one f32, or two 16-bit values. Twin: reference/loadWeights.ts.

override source_dtype: u32 = 0u; // of shared/widen.wgsl
override widened: bool = false; // store f32 whatever the source holds

struct Dims {
  words: u32, // of the result made here
  invocations_x: u32, // per row of the dispatch
  rows: u32, // K
  chunks: u32, // ⌈K/4⌉
  first_panel: u32, // of the result
  panels_per_group: u32,
  group_columns: u32, // of the result: a head's columns begin a panel
  offset: u32,
  source_base: u32,
  row_stride: u32,
  column_stride: u32,
  columns_per_group: u32,
  group_stride: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> panels: array<u32>;

// The stored bits of element (k, lane of panel); 0 outside the matrix.
fn bits_at(panel: u32, k: u32, lane: u32) -> u32 {
  let local = (panel % dims.panels_per_group) * 8u + lane;
  if (local >= dims.group_columns || k >= dims.rows) {
    return 0u;
  }
  let n = (panel / dims.panels_per_group) * dims.group_columns + local;
  let at = dims.offset + k * dims.row_stride + (n / dims.columns_per_group) * dims.group_stride
    + (n % dims.columns_per_group) * dims.column_stride - dims.source_base;
  if (source_dtype == F32) {
    return source[at];
  }
  return (source[at / 2u] >> ((at % 2u) * 16u)) & 0xffffu;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let word = id.y * dims.invocations_x + id.x;
  if (word >= dims.words) {
    return;
  }
  let wide = source_dtype == F32 || widened;
  let per_k = select(4u, 8u, wide); // words that hold one k's eight columns
  let slot = word % per_k;
  let k = (word / per_k) % (dims.chunks * 4u);
  let panel = word / (per_k * dims.chunks * 4u);
  var result: u32;
  if (source_dtype == F32) {
    result = bits_at(panel, k, slot);
  } else if (widened) {
    result = bitcast<u32>(widen_16(bits_at(panel, k, slot), source_dtype));
  } else {
    result = bits_at(panel, k, slot * 2u) | (bits_at(panel, k, slot * 2u + 1u) << 16u);
  }
  panels[dims.first_panel * dims.chunks * 4u * per_k + word] = result;
}
