// The largest difference of a lane's elements, and the largest |b − a| − rtol·|a|: blocks are told apart by their largest alone, and the
// block that has the largest of all is looked through at the end for the element.

struct Widest {
  key: u32, // as in pairRule.wgsl
  block: u32, // its first; NONE where no bits differ
  is_doubtful: bool, // another block has as large a gap, and either may have been rounded
  slack: f32,
  slack_block: u32,
}

fn no_widest() -> Widest {
  return Widest(0u, NONE, false, 0.0, NONE);
}

/** Takes a block's largest of four columns; `differs` where bits of it do. */
fn take_block(widest: ptr<function, Widest>, block: u32, keys: vec4<u32>, slacks: vec4<f32>, differs: bool) {
  let key = max(max(keys.x, keys.y), max(keys.z, keys.w));
  let slack = max(max(slacks.x, slacks.y), max(slacks.z, slacks.w));
  let held = (*widest).key;
  if (differs && ((*widest).block == NONE || (key >> 1u) > (held >> 1u))) {
    (*widest).key = key;
    (*widest).block = block;
    (*widest).is_doubtful = false;
  } else if (differs && (key >> 1u) == (held >> 1u)) {
    (*widest).is_doubtful = (*widest).is_doubtful || ((key | held) & 1u) == 1u;
  }
  if (slack > (*widest).slack) {
    (*widest).slack = slack;
    (*widest).slack_block = block;
  }
}

/** Looks through the blocks for the elements; `end` is the workgroup's. */
fn find_widest(widest: Widest, lane: u32, end: u32, tally: ptr<function, Tally>) {
  var part = empty_tally();
  let first = vec2(widest.block, widest.slack_block);
  for (var block = 0u; block < 2u; block++) {
    if (first[block] == NONE || (block == 1u && first.x == first.y)) {
      continue;
    }
    let block_end = min(end, first[block] + lanes * SUMMED);
    for (var at = first[block] + 4u * lane; at < block_end; at += 4u * lanes) {
      let four = load(at, block_end);
      let judged = judge(four.a, four.b);
      let hits = judged.counted;
      let is_widest = hits & ((judged.key >> vec4(1u)) == vec4(widest.key >> 1u)) & vec4(first[block] == first.x);
      let is_slackest = hits & (judged.slack == vec4(widest.slack));
      while (any(is_widest | is_slackest)) {
        for (var k = 0u; k < 4u; k++) {
          if (is_widest[k]) {
            take_gap(&part, judged.key[k] >> 1u, judged.key[k] & INEXACT, at + k, four.a[k], four.b[k]);
          }
          if (is_slackest[k]) {
            take_slack(&part, bitcast<u32>(widest.slack), four.a[k], four.b[k]);
          }
        }
        break;
      }
    }
  }
  part.gap_flags |= select(0u, AMBIGUOUS, widest.is_doubtful);
  merge(tally, part);
}
