// Compares two tensors element by element under |b − a| ≤ atol + rtol·|a|: counts, the largest difference, three sums, and a
// histogram of ULP distances. What f32 cannot judge for certain (an element at the rule's edge) is listed, for f64 to judge.
//
//   a, b [n elements, each with strides of its own] · tallies [pairs' workgroups] · histograms [pairs, BINS] · lists [pairs, 1 + 2·LISTED]
//
// A workgroup takes `chunk` consecutive elements in blocks, its lanes four elements at a time. The loop over a block has no branch and
// keeps what every element needs; a block with something rare in it is gone through again, and so is the one with the largest gap.
// Twin: analysis/compare.ts.

override lanes: u32 = 64u;

@group(0) @binding(4) var<storage, read_write> tallies: array<Tally>;

var<workgroup> lane_tallies: array<Tally, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var tally = empty_tally();
  var widest = no_widest();
  var ulp_max = vec4(0u);
  for (var block = first; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var aa = vec4(0.0); var dd = vec4(0.0); var ds = vec4(0.0); var slacks = vec4(0.0); var keys = vec4(0u);
    var equal = vec4(0u); var outside = vec4(0u); var is_rare = vec4(false); var differs = vec4(false);
    for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
      let i = at + FOUR;
      let exists = i < vec4(block_end);
      let four = load(min(i, vec4(block_end - 1u)));
      let a = select(vec4(0u), four.a, exists);
      let b = select(vec4(0u), four.b, exists);
      let judged = judge(a, b);
      aa = fma(judged.x, judged.x, aa);
      dd = fma(judged.d, judged.d, dd);
      ds = fma(judged.d, judged.x + judged.y, ds);
      slacks = max(slacks, judged.slack);
      keys = max(keys, judged.key);
      outside += vec4<u32>(judged.is_outside);
      is_rare |= judged.is_rare;
      differs |= a != b;
      equal += vec4<u32>(exists & (a == b));
      let ulp = select(vec4(0u), ulp_distances(a, b), judged.counted);
      ulp_max = max(ulp_max, ulp);
      let bins = bins_of(ulp);
      if (judged.counted.x) { count(bins.x, 1u); }
      if (judged.counted.y) { count(bins.y, 1u); }
      if (judged.counted.z) { count(bins.z, 1u); }
      if (judged.counted.w) { count(bins.w, 1u); }
    }
    tally.sum_aa += dot(aa, vec4(1.0));
    tally.sum_dd += dot(dd, vec4(1.0));
    tally.sum_ds += dot(ds, vec4(1.0));
    tally.bit_equal += dot(equal, vec4(1u));
    tally.mismatched += dot(outside, vec4(1u));
    take_block(&widest, block, keys, slacks, any(differs));
    while (any(is_rare)) { // an `if` that a software adapter skips: it carries out both sides of the other kind under masks
      file_rare(block + 4u * lane, block_end, &tally);
      break;
    }
  }
  tally.ulp_max = max(tally.ulp_max, max(max(ulp_max.x, ulp_max.y), max(ulp_max.z, ulp_max.w)));
  while (widest.block != NONE) {
    find_widest(widest, lane, end, &tally);
    break;
  }
  count(0u, tally.bit_equal);
  lane_tallies[lane] = tally;
  workgroupBarrier();
  if (lane == 0u) {
    for (var other = 1u; other < lanes; other++) {
      merge(&tally, lane_tallies[other]);
    }
    tallies[dims.first_partial + group.x] = tally;
  }
  add_up_counts(lane);
}
