// Merges the tallies of each pair's workgroups into one: totals[p] = merge of tallies[first … first + count).
//
//   spans [pairs] of (first, count) · tallies [pairs' workgroups] · totals [pairs]
//
// One workgroup a pair. Second half of compare.wgsl, whose twin it shares.

override lanes: u32 = 64u;

struct Dims {
  pairs: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> spans: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> tallies: array<Tally>;
@group(0) @binding(3) var<storage, read_write> totals: array<Tally>;

var<workgroup> lane_tallies: array<Tally, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = group.x;
  let exists = pair < dims.pairs;
  var tally = empty_tally();
  if (exists) {
    let span = spans[pair];
    for (var at = lane; at < span.y; at += lanes) {
      merge(&tally, tallies[span.x + at]);
    }
    lane_tallies[lane] = tally;
  }
  workgroupBarrier();
  if (lane == 0u && exists) {
    for (var other = 1u; other < lanes; other++) {
      merge(&tally, lane_tallies[other]);
    }
    totals[pair] = tally;
  }
}
