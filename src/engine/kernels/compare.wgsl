// Compares two tensors element by element under |b − a| ≤ atol + rtol·|a|: counts, the largest difference, three sums, and a
// histogram of ULP distances. What f32 cannot judge for certain (an element at the rule's edge) is listed, for f64 to judge.
//
//   a, b [n elements, each with strides of its own] · tallies [pairs' workgroups] · histograms [pairs, BINS] · lists [pairs, 1 + 2·LISTED]
//
// A workgroup takes `chunk` consecutive elements in blocks, its lanes four elements at a time. A lane walks equal blocks by a loop that
// does little more than look for bits that differ, and from the first that has some on by one that keeps what every element needs,
// without a branch; a block with something rare in it is gone through again, and so is the one with the largest gap.
// Twin: analysis/compare.ts.

override lanes: u32 = 64u;

@group(0) @binding(4) var<storage, read_write> tallies: array<Tally>;

var<workgroup> lane_tallies: array<Tally, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var tally = empty_tally();
  tally.bit_equal = select(0u, end - first, lane == 0u); // of all lanes; each takes off what differs
  let block = walk_equal(first, end, lane, &tally);
  walk_apart(block, end, lane, &tally);
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

/** Walks a lane's blocks while all bits are equal and all elements finite; gives the block where that ends. */
fn walk_equal(first: u32, end: u32, lane: u32, tally: ptr<function, Tally>) -> u32 {
  var block = first;
  for (; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var apart = vec4(0u); var size = vec4(0u); var aa = vec4(0.0);
    for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
      let four = load(at, block_end);
      let x = bitcast<vec4<f32>>(four.a);
      apart |= four.a ^ four.b;
      size = max(size, four.a & vec4(MAGNITUDE));
      aa = fma(x, x, aa);
    }
    if (any((apart != vec4(0u)) | (size >= vec4(EXPONENT)))) {
      break;
    }
    (*tally).sum_aa += dot(aa, vec4(1.0));
  }
  return block;
}

/** Compares a lane's elements from a block on. */
fn walk_apart(first: u32, end: u32, lane: u32, tally: ptr<function, Tally>) {
  var widest = no_widest();
  var ulp_max = vec4(0u);
  for (var block = first; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var aa = vec4(0.0); var dd = vec4(0.0); var ds = vec4(0.0); var slacks = vec4(0.0); var keys = vec4(0u);
    var apart = vec4(0u); var outside = vec4(0u); var is_rare = vec4(false);
    for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
      let four = load(at, block_end);
      let judged = judge(four.a, four.b);
      aa = fma(judged.x, judged.x, aa);
      dd = fma(judged.d, judged.d, dd);
      ds = fma(judged.d, judged.x + judged.y, ds);
      slacks = max(slacks, judged.slack);
      keys = max(keys, judged.key);
      outside += vec4<u32>(judged.is_outside);
      is_rare |= judged.is_rare;
      apart += vec4<u32>(four.a != four.b);
      let ulp = select(vec4(0u), ulp_distances(four.a, four.b), judged.counted);
      ulp_max = max(ulp_max, ulp);
      let bins = bins_of(ulp);
      if (judged.counted.x) { count(bins.x, 1u); }
      if (judged.counted.y) { count(bins.y, 1u); }
      if (judged.counted.z) { count(bins.z, 1u); }
      if (judged.counted.w) { count(bins.w, 1u); }
    }
    (*tally).sum_aa += dot(aa, vec4(1.0));
    (*tally).sum_dd += dot(dd, vec4(1.0));
    (*tally).sum_ds += dot(ds, vec4(1.0));
    (*tally).bit_equal -= dot(apart, vec4(1u));
    (*tally).mismatched += dot(outside, vec4(1u));
    take_block(&widest, block, keys, slacks, any(apart != vec4(0u)));
    while (any(is_rare)) {
      file_rare(block + 4u * lane, block_end, tally);
      break;
    }
  }
  (*tally).ulp_max = max((*tally).ulp_max, max(max(ulp_max.x, ulp_max.y), max(ulp_max.z, ulp_max.w)));
  while (widest.block != NONE) {
    find_widest(widest, lane, end, tally);
    break;
  }
}
