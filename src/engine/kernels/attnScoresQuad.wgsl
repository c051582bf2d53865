// Attention scores as attnScores.wgsl, by quads: four invocations own 16 queries × 16 keys, four keys each, and share what they load of
// q (shared/quadSums.wgsl). Shapes, mask and store: shared/scores.wgsl.
//
// Needs subgroups. Quads stay whole: whoever has no key goes along and stores nothing. For the software adapter, where a load costs as
// much as some twenty multiply-adds. Vaswani et al. 2017, equation 1. Twin: reference/attnScores.ts.

fn q_at(at: u32, valid: u32) -> vec4<f32> {
  return cut(vec4(q[at], q[at + 1u], q[at + 2u], q[at + 3u]), valid);
}

fn k_at(at: u32, valid: u32) -> vec4<f32> {
  return cut(vec4(k[at], k[at + 1u], k[at + 2u], k[at + 3u]), valid);
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) subgroup_place: u32,
) {
  let query = group.y * 16u;
  let key = group.x * 16u + local * 4u;
  let plane = group.z; // batch · n_heads + head
  let place = subgroup_place & 3u;
  var s0: Sums; var s1: Sums; var s2: Sums; var s3: Sums;
  if (group.x * 16u <= dims.n_key - dims.n_query + query + 15u) { // some key of this tile is seen
    let head = plane % dims.n_heads;
    let last = dims.n_query - 1u;
    let last_key = dims.n_key - 1u;
    let q_row = (plane / dims.n_heads) * dims.n_query;
    let k_row = (plane / dims.n_heads) * dims.n_key;
    let q_head = dims.q_offset + head * dims.d_head;
    let k_head = dims.k_offset + (head / dims.repeats) * dims.d_head;
    let q0 = q_head + (q_row + min(query + place, last)) * dims.q_row_stride;
    let q1 = q_head + (q_row + min(query + 4u + place, last)) * dims.q_row_stride;
    let q2 = q_head + (q_row + min(query + 8u + place, last)) * dims.q_row_stride;
    let q3 = q_head + (q_row + min(query + 12u + place, last)) * dims.q_row_stride;
    let k0 = k_head + (k_row + min(key, last_key)) * dims.k_row_stride;
    let k1 = k_head + (k_row + min(key + 1u, last_key)) * dims.k_row_stride;
    let k2 = k_head + (k_row + min(key + 2u, last_key)) * dims.k_row_stride;
    let k3 = k_head + (k_row + min(key + 3u, last_key)) * dims.k_row_stride;
    for (var i = 0u; i < dims.d_head; i += 4u) {
      let valid = dims.d_head - i;
      let keys = mat4x4(k_at(k0 + i, valid), k_at(k1 + i, valid), k_at(k2 + i, valid), k_at(k3 + i, valid));
      s0 = sums_run(s0, q_at(q0 + i, valid), keys);
      s1 = sums_run(s1, q_at(q1 + i, valid), keys);
      s2 = sums_run(s2, q_at(q2 + i, valid), keys);
      s3 = sums_run(s3, q_at(q3 + i, valid), keys);
    }
  }
  var rows = rows_of(s0, s1, s2, s3);
  for (var i = 0u; i < 64u; i++) { // a loop: what becomes of a score is inlined wherever it is called
    store(plane % dims.n_heads, plane, query + row_of(i / 4u, place), key + i % 4u, rows[i / 4u][i % 4u]);
  }
}
