// scores[h, q, k] = scale · Σ_i q[q, h, i]·k[k, ⌊h / repeats⌋, i], i ascending; −∞ where key k is after query q or outside the
// sliding window. repeat_kv is the index ⌊h / repeats⌋: nothing is copied. Shapes, mask and store: shared/scores.wgsl.
//
// One invocation owns 4 queries × 4 keys. Vaswani et al. 2017, equation 1. Twin: reference/attnScores.ts.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let key = id.x * 4u;
  let query = id.y * 4u;
  let plane = id.z; // batch · n_heads + head
  if (key >= dims.n_key || query >= dims.n_query) {
    return;
  }
  let head = plane % dims.n_heads;
  let first_row = (plane / dims.n_heads) * dims.n_query;
  let first_key_row = (plane / dims.n_heads) * dims.n_key;
  var s0 = vec4<f32>(); var s1 = vec4<f32>(); var s2 = vec4<f32>(); var s3 = vec4<f32>();
  if (key <= dims.n_key - dims.n_query + query + 3u) { // some key of this tile is seen
    let last = dims.n_query - 1u;
    let last_key = dims.n_key - 1u;
    let q_head = dims.q_offset + head * dims.d_head;
    let k_head = dims.k_offset + (head / dims.repeats) * dims.d_head;
    let q0 = q_head + (first_row + query) * dims.q_row_stride;
    let q1 = q_head + (first_row + min(query + 1u, last)) * dims.q_row_stride;
    let q2 = q_head + (first_row + min(query + 2u, last)) * dims.q_row_stride;
    let q3 = q_head + (first_row + min(query + 3u, last)) * dims.q_row_stride;
    let k0 = k_head + (first_key_row + key) * dims.k_row_stride;
    let k1 = k_head + (first_key_row + min(key + 1u, last_key)) * dims.k_row_stride;
    let k2 = k_head + (first_key_row + min(key + 2u, last_key)) * dims.k_row_stride;
    let k3 = k_head + (first_key_row + min(key + 3u, last_key)) * dims.k_row_stride;
    for (var i = 0u; i < dims.d_head; i++) {
      let keys = vec4<f32>(k[k0 + i], k[k1 + i], k[k2 + i], k[k3 + i]);
      s0 = mul_add4(vec4(q[q0 + i]), keys, s0);
      s1 = mul_add4(vec4(q[q1 + i]), keys, s1);
      s2 = mul_add4(vec4(q[q2 + i]), keys, s2);
      s3 = mul_add4(vec4(q[q3 + i]), keys, s3);
    }
  }
  store(head, plane, query, key, s0.x); store(head, plane, query, key + 1u, s0.y);
  store(head, plane, query, key + 2u, s0.z); store(head, plane, query, key + 3u, s0.w);
  store(head, plane, query + 1u, key, s1.x); store(head, plane, query + 1u, key + 1u, s1.y);
  store(head, plane, query + 1u, key + 2u, s1.z); store(head, plane, query + 1u, key + 3u, s1.w);
  store(head, plane, query + 2u, key, s2.x); store(head, plane, query + 2u, key + 1u, s2.y);
  store(head, plane, query + 2u, key + 2u, s2.z); store(head, plane, query + 2u, key + 3u, s2.w);
  store(head, plane, query + 3u, key, s3.x); store(head, plane, query + 3u, key + 1u, s3.y);
  store(head, plane, query + 3u, key + 2u, s3.z); store(head, plane, query + 3u, key + 3u, s3.w);
}
