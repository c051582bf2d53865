// What the heads of a layer look at, as sums over all queries but the first: attention to the key before, to keys after an earlier
// occurrence of the query's token (induction), to such occurrences (duplicate token), to key 0, to itself, and −Σ p·ln p.
// Also the largest |pattern − other| of a head, where another run's pattern is given.
//
//   pattern, other [n_heads, n_pos, n_pos], each from an offset on · token_ids [n_pos]
//   sums [all heads, 8]: previous, induction, duplicate, first, self, entropy, largest difference, 0
//
// One workgroup a head, its lanes take queries in turn: each sum is of a row first, then of rows, then of lanes, so that it errs by at
// most (n_pos + n_pos / lanes + lanes)·2⁻²⁴ of itself. Olsson et al. 2022. Twin: analysis/headScores.ts, which divides by the queries.

override lanes: u32 = 64u;
override has_other: bool = false;

struct Dims {
  n_pos: u32,
  first_head: u32, // of the sums
  pattern_offset: u32,
  other_offset: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> pattern: array<f32>;
@group(0) @binding(2) var<storage, read> other: array<f32>;
@group(0) @binding(3) var<storage, read> token_ids: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec4<f32>>;

struct Looks {
  at: vec4<f32>, // previous, induction, duplicate, first
  inward: vec4<f32>, // self, entropy, largest difference, 0
}

var<workgroup> of_lanes: array<Looks, lanes>;

fn row_looks(query: u32, row: u32, other_row: u32) -> Looks {
  var looks = Looks();
  let token = token_ids[query];
  for (var key = 0u; key <= query; key++) {
    let p = pattern[row + key];
    if (has_other) {
      looks.inward.z = max(looks.inward.z, abs(p - other[other_row + key]));
    }
    if (query == 0u) {
      continue; // it can see itself alone: no score
    }
    let is_earlier = key < query;
    let follows = is_earlier && key > 0u && token_ids[max(key, 1u) - 1u] == token;
    let repeats = is_earlier && token_ids[key] == token;
    looks.at += select(vec4(0.0), vec4(p), vec4(key + 1u == query, follows, repeats, key == 0u));
    looks.inward.x += select(0.0, p, key == query);
    looks.inward.y -= select(0.0, p * log(p), p > 0.0);
  }
  return looks;
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let head = group.x * dims.n_pos * dims.n_pos;
  var mine = Looks();
  for (var query = lane; query < dims.n_pos; query += lanes) {
    let at = head + query * dims.n_pos;
    let row = row_looks(query, dims.pattern_offset + at, dims.other_offset + at);
    mine.at += row.at;
    mine.inward = vec4(mine.inward.xy + row.inward.xy, max(mine.inward.z, row.inward.z), 0.0);
  }
  of_lanes[lane] = mine;
  workgroupBarrier();
  if (lane > 0u) {
    return;
  }
  for (var i = 1u; i < lanes; i++) {
    mine.at += of_lanes[i].at;
    mine.inward = vec4(mine.inward.xy + of_lanes[i].inward.xy, max(mine.inward.z, of_lanes[i].inward.z), 0.0);
  }
  let slot = (dims.first_head + group.x) * 2u;
  sums[slot] = mine.at;
  sums[slot + 1u] = mine.inward;
}
