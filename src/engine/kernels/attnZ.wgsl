// z[q, h, i] = Σ_k pattern[h, q, k]·v[k, ⌊h / repeats⌋, i], k ascending over the keys that q sees. Shapes and store: shared/z.wgsl.
//
// One invocation owns 4 queries × 4 columns. Vaswani et al. 2017, equation 1. Twin: reference/attnZ.ts.

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
  let keys = keys_of(query, 4u);
  let p0 = (plane * dims.n_query + query) * dims.key_stride;
  let p1 = (plane * dims.n_query + min(query + 1u, last)) * dims.key_stride;
  let p2 = (plane * dims.n_query + min(query + 2u, last)) * dims.key_stride;
  let p3 = (plane * dims.n_query + min(query + 3u, last)) * dims.key_stride;
  // Columns past d_head read a neighbour's value and are not stored.
  let v_head = dims.v_offset + (head / dims.repeats) * dims.d_head + column;
  var z0 = vec4<f32>(); var z1 = vec4<f32>(); var z2 = vec4<f32>(); var z3 = vec4<f32>();
  for (var key = keys.x; key <= keys.y; key++) {
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
