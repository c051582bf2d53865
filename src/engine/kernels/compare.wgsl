// Compares tensor pairs element by element under |b − a| ≤ atol + rtol·|a|: counts, the largest difference, three sums, and a
// histogram of ULP distances. What f32 cannot judge for certain (an element at the rule's edge) is listed, for f64 to judge.
//
//   a, b [n elements of each pair, with strides of its own] · works [pairs], groups [workgroups]: which of them a workgroup takes
//   tallies [pairs' workgroups] · histograms [pairs that count side by side, bins] · lists [pairs, 1 + 2·LISTED]
//
// A workgroup takes `chunk` consecutive elements in blocks, its lanes four elements at a time. A lane walks equal blocks by a loop that
// does little more than look for bits that differ, and from the first that has some on by one for ordinary numbers; a block with
// something else in it is gone through again element by element, and the one with the largest gap once more at the end.
// Twin: analysis/compare.ts.

override lanes: u32 = 64u;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = take_up(group.x);
  let first = own * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var tally = empty_tally();
  let block = walk_equal(first, end, lane, &tally);
  count(0u, tally.bit_equal);
  walk_apart(block, end, lane, &tally);
  hand_in(own, lane, tally);
}

/** Walks a lane's blocks while all bits are equal and all elements finite; gives the block where that ends. */
fn walk_equal(first: u32, end: u32, lane: u32, tally: ptr<function, Tally>) -> u32 {
  var block = first;
  for (; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var apart = vec4(0u); var odd = vec4(0u); var aa = vec4(0.0);
    for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
      let four = quads(at);
      let own = select(four.a, vec4(0u), four.a == vec4(MINUS_INFINITY)); // a masked score
      let x = bitcast<vec4<f32>>(own);
      apart |= four.a ^ four.b;
      odd |= (own & vec4(MAGNITUDE)) + SMALLEST_NORMAL;
      aa = fma(x, x, aa);
    }
    if (any((apart | (odd & vec4(SIGN))) != vec4(0u)) || !has_whole_quads(block_end)) {
      break;
    }
    (*tally).sum_aa += dot(aa, vec4(1.0));
    (*tally).bit_equal += elements_of(block, block_end, lane);
  }
  return block;
}

/** Blocks begin at whole quads; only a tensor's last one can end elsewhere. */
fn has_whole_quads(block_end: u32) -> bool {
  return (block_end & 3u) == 0u;
}

/** Compares a lane's elements from a block on. */
fn walk_apart(first: u32, end: u32, lane: u32, tally: ptr<function, Tally>) {
  var widest = no_widest();
  for (var block = first; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var found = Found();
    let is_counted = rule.kind != 0.0 && has_whole_quads(block_end);
    while (is_counted) { // an `if` that a software adapter skips
      found = find_plainly(block, block_end, lane);
      break;
    }
    while (!found.is_plain) {
      found = find_carefully(block, block_end, lane, is_counted, tally);
      break;
    }
    (*tally).sum_aa += found.sums.x;
    (*tally).sum_dd += found.sums.y;
    (*tally).sum_ds += found.sums.z;
    (*tally).bit_equal += found.n - found.apart;
    (*tally).mismatched += found.outside;
    (*tally).ulp_max = max((*tally).ulp_max, found.ulp_max);
    take_block(&widest, block, block_end, lane, found);
  }
  while (widest.block != NONE) {
    find_widest(widest, lane, end, tally);
    break;
  }
}
