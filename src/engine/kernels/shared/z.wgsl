// What both kernels of z share (attnZ.wgsl, attnZQuad.wgsl): bindings, dims, which keys are walked, the store.
// Keys that a query does not see have pattern 0 and change no bit, so that a tile may run to its last query's last key.
//
//   pattern [batch·n_heads, n_query, key_stride] · v [batch·n_key, n_heads / repeats, d_head] · z [batch·n_query, n_heads, d_head]
//
// Queries are the last n_query of n_key positions (shared/scores.wgsl).

struct Dims {
  n_query: u32,
  n_key: u32,
  key_stride: u32, // elements of a row of the pattern
  n_heads: u32,
  repeats: u32,
  d_head: u32,
  window: u32,
  v_row_stride: u32,
  v_offset: u32,
  z_row_stride: u32,
  unmasked: u32, // 1: the pattern was edited, and any key may have a share
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> pattern: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<f32>;

fn store(row: u32, query: u32, head: u32, column: u32, sum: vec4<f32>) {
  if (query >= dims.n_query) {
    return;
  }
  let at = row * dims.z_row_stride + head * dims.d_head + column;
  z[at] = stored(sum.x);
  if (column + 1u < dims.d_head) { z[at + 1u] = stored(sum.y); }
  if (column + 2u < dims.d_head) { z[at + 2u] = stored(sum.z); }
  if (column + 3u < dims.d_head) { z[at + 3u] = stored(sum.w); }
}

// The first key that a tile's first query sees, and the last that its last one does.
fn keys_of(query: u32, tile_rows: u32) -> vec2<u32> {
  if (dims.unmasked > 0u) {
    return vec2(0u, dims.n_key - 1u);
  }
  let position = dims.n_key - dims.n_query + query;
  let first = select(0u, position + 1u - min(dims.window, position + 1u), dims.window > 0u);
  return vec2(first, min(position + tile_rows - 1u, dims.n_key - 1u));
}
