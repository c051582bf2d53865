// z[q, h, i] = Σ_k pattern[h, q, k]·v[k, ⌊h / repeats⌋, i], k ascending over the keys that q sees.
// Keys that a query does not see have pattern 0 and change no bit, so that a tile may run to its last query's last key.
//
//   pattern [batch·n_heads, n_query, key_stride] · v [batch·n_key, n_heads / repeats, d_head] · z [batch·n_query, n_heads, d_head]
//
// Queries are the last n_query of n_key positions (attnScores.wgsl).
//
// One invocation owns 4 queries × 4 columns. Vaswani et al. 2017, equation 1. Twin: reference/attnZ.ts.

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

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let column = id.x * 4u;
  let query = id.y * 4u;
  let plane = id.z; // batch · n_heads + head
  if (column >= dims.d_head || query >= dims.n_query) {
    return;
  }
  let head = plane % dims.n_heads;
  let first_row = (plane / dims.n_heads) * dims.n_query;
  let first_key_row = (plane / dims.n_heads) * dims.n_key;
  let last = dims.n_query - 1u;
  let position = dims.n_key - dims.n_query + query;
  let is_open = dims.unmasked > 0u;
  let first_key = select(0u, position + 1u - min(dims.window, position + 1u), dims.window > 0u && !is_open);
  let last_key = select(min(position + 3u, dims.n_key - 1u), dims.n_key - 1u, is_open);
  let p0 = (plane * dims.n_query + query) * dims.key_stride;
  let p1 = (plane * dims.n_query + min(query + 1u, last)) * dims.key_stride;
  let p2 = (plane * dims.n_query + min(query + 2u, last)) * dims.key_stride;
  let p3 = (plane * dims.n_query + min(query + 3u, last)) * dims.key_stride;
  // Columns past d_head read a neighbour's value and are not stored.
  let v_head = dims.v_offset + (head / dims.repeats) * dims.d_head + column;
  var z0 = vec4<f32>(); var z1 = vec4<f32>(); var z2 = vec4<f32>(); var z3 = vec4<f32>();
  for (var key = first_key; key <= last_key; key++) {
    let at = v_head + (first_key_row + key) * dims.v_row_stride;
    let values = vec4<f32>(v[at], v[at + 1u], v[at + 2u], v[at + 3u]);
    z0 = mul_add4(vec4(pattern[p0 + key]), values, z0);
    z1 = mul_add4(vec4(pattern[p1 + key]), values, z1);
    z2 = mul_add4(vec4(pattern[p2 + key]), values, z2);
    z3 = mul_add4(vec4(pattern[p3 + key]), values, z3);
  }
  let row = first_row + query;
  store(row, query, head, column, z0);
  store(row + 1u, query + 1u, head, column, z1);
  store(row + 2u, query + 2u, head, column, z2);
  store(row + 3u, query + 3u, head, column, z3);
}
