// atlas[first_head + h, i, j] = max of pattern[h, q, k] over the queries q of pool i and the keys k ≤ q of pool j, where a position's
// pool is ⌊position · extent / n_pos⌋: the largest attention of what is pooled, never the mean, so that one bright cell is seen
// however small the thumbnail.
//
//   pattern [n_heads, n_pos, n_pos] from an offset on · atlas [all heads, extent, extent], extent ≤ n_pos
//
// One invocation a cell of a thumbnail. Twin: reference/headThumbnails.ts.

struct Dims {
  n_pos: u32,
  extent: u32,
  first_head: u32, // of the atlas
  pattern_offset: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> pattern: array<f32>;
@group(0) @binding(2) var<storage, read_write> atlas: array<f32>;

// The first position of a pool: the smallest with ⌊position · extent / n_pos⌋ = pool.
fn first_of(pool: u32) -> u32 {
  return (pool * dims.n_pos + dims.extent - 1u) / dims.extent;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= dims.extent || id.y >= dims.extent) {
    return;
  }
  let head = dims.pattern_offset + id.z * dims.n_pos * dims.n_pos;
  var largest = 0.0;
  for (var query = first_of(id.y); query < first_of(id.y + 1u); query++) {
    for (var key = first_of(id.x); key < min(first_of(id.x + 1u), query + 1u); key++) {
      largest = max(largest, pattern[head + query * dims.n_pos + key]);
    }
  }
  atlas[((dims.first_head + id.z) * dims.extent + id.y) * dims.extent + id.x] = largest;
}
