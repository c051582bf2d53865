// z as attnZ.wgsl, by quads: four invocations own 16 queries × 16 columns, four columns each, and share what they load of the pattern
// (shared/quadSums.wgsl). Shapes, keys and store: shared/z.wgsl.
//
// Needs subgroups. Quads stay whole: whoever has no column goes along and stores nothing. For the software adapter, where a load costs
// as much as some twenty multiply-adds. Vaswani et al. 2017, equation 1. Twin: reference/attnZ.ts.

fn pattern_at(at: u32, valid: u32) -> vec4<f32> {
  return cut(vec4(pattern[at], pattern[at + 1u], pattern[at + 2u], pattern[at + 3u]), valid);
}

// Four values of a column, one a key.
fn v_at(at: u32, valid: u32) -> vec4<f32> {
  let next = dims.v_row_stride;
  return cut(vec4(v[at], v[at + next], v[at + 2u * next], v[at + 3u * next]), valid);
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) subgroup_place: u32,
) {
  let query = group.y * 16u;
  let column = group.x * 16u + local * 4u;
  let plane = group.z; // batch · n_heads + head
  let place = subgroup_place & 3u;
  let head = plane % dims.n_heads;
  let first_row = (plane / dims.n_heads) * dims.n_query;
  let first_key_row = (plane / dims.n_heads) * dims.n_key;
  let last = dims.n_query - 1u;
  let keys = keys_of(query, 16u);
  let p0 = (plane * dims.n_query + min(query + place, last)) * dims.key_stride;
  let p1 = (plane * dims.n_query + min(query + 4u + place, last)) * dims.key_stride;
  let p2 = (plane * dims.n_query + min(query + 8u + place, last)) * dims.key_stride;
  let p3 = (plane * dims.n_query + min(query + 12u + place, last)) * dims.key_stride;
  // Columns past d_head read a neighbour's value and are not stored.
  let v_head = dims.v_offset + (head / dims.repeats) * dims.d_head + column;
  var s0: Sums; var s1: Sums; var s2: Sums; var s3: Sums;
  for (var key = keys.x; key <= keys.y; key += 4u) {
    let valid = keys.y + 1u - key;
    let at = v_head + (first_key_row + key) * dims.v_row_stride;
    let values = mat4x4(v_at(at, valid), v_at(at + 1u, valid), v_at(at + 2u, valid), v_at(at + 3u, valid));
    s0 = sums_run(s0, pattern_at(p0 + key, valid), values);
    s1 = sums_run(s1, pattern_at(p1 + key, valid), values);
    s2 = sums_run(s2, pattern_at(p2 + key, valid), values);
    s3 = sums_run(s3, pattern_at(p3 + key, valid), values);
  }
  if (column >= dims.d_head) {
    return;
  }
  var rows = rows_of(s0, s1, s2, s3);
  for (var i = 0u; i < 16u; i++) {
    let own = query + row_of(i, place);
    store(first_row + own, own, head, column, rows[i]);
  }
}
