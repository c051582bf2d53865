// The largest difference of a lane's elements, and the largest |b − a| − rtol·|a|: blocks are told apart by their largest alone, and the
// block that has the largest of all is looked through at the end for the element.

struct Widest {
  gap: f32,
  block: u32, // its first; NONE where no bits differ
  is_tied: bool, // another block has as large a gap
  is_loose: bool, // which may have been rounded there
  slack: f32,
  slack_block: u32,
}

fn no_widest() -> Widest {
  return Widest(0.0, NONE, false, false, 0.0, NONE);
}

/** Takes what a block came to. */
fn take_block(widest: ptr<function, Widest>, block: u32, block_end: u32, lane: u32, found: Found) {
  let is_first = (*widest).block == NONE;
  let is_tied = !is_first && found.apart > 0u && found.gap == (*widest).gap;
  (*widest).is_tied |= is_tied;
  while (is_tied && found.has_loose) { // an `if` that a software adapter skips
    (*widest).is_loose |= look_through(block, block_end, lane, found.gap, 0.0).is_loose;
    break;
  }
  if (found.apart > 0u && (is_first || found.gap > (*widest).gap)) {
    (*widest).gap = found.gap;
    (*widest).block = block;
    (*widest).is_tied = false;
    (*widest).is_loose = false;
  }
  if (found.slack > (*widest).slack) {
    (*widest).slack = found.slack;
    (*widest).slack_block = block;
  }
}

/** The first elements of a block with a gap and with a slack, NONE where there is none. */
struct Sought {
  gap_at: u32,
  slack_at: u32,
  n_gaps: u32, // elements with that gap
  is_loose: bool, // one of them may have been rounded
}

/** Looks for a gap and a slack. */
fn look_through(block: u32, block_end: u32, lane: u32, wanted: f32, wanted_slack: f32) -> Sought {
  var gap_at = vec4(NONE);
  var slack_at = vec4(NONE);
  var n_gaps = vec4(0u);
  var is_loose = vec4(false);
  for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
    let four = load(at, block_end);
    let x = bitcast<vec4<f32>>(four.a);
    let gap = abs(bitcast<vec4<f32>>(four.b) - x);
    let is_apart = (four.a != four.b) & are_finite(four.a) & are_finite(four.b);
    let is_widest = is_apart & (gap == vec4(wanted));
    let is_slackest = is_apart & (slacks_of(abs(x), gap) == vec4(wanted_slack));
    gap_at = min(gap_at, select(vec4(NONE), at + FOUR, is_widest));
    slack_at = min(slack_at, select(vec4(NONE), at + FOUR, is_slackest));
    n_gaps += vec4<u32>(is_widest);
    let small = min(four.a & vec4(MAGNITUDE), four.b & vec4(MAGNITUDE));
    is_loose |= is_widest & (bitcast<vec4<u32>>(gap) >= small); // see find_plainly
  }
  return Sought(first_of(gap_at), first_of(slack_at), dot(n_gaps, vec4(1u)), any(is_loose));
}

fn first_of(four: vec4<u32>) -> u32 {
  return min(min(four.x, four.y), min(four.z, four.w));
}

/** Looks through the blocks for the elements; `end` is the workgroup's. */
fn find_widest(widest: Widest, lane: u32, end: u32, tally: ptr<function, Tally>) {
  let reach = lanes * SUMMED;
  var sought = look_through(widest.block, min(end, widest.block + reach), lane, widest.gap, widest.slack);
  while (widest.slack_block != NONE && widest.slack_block != widest.block) {
    let other = look_through(widest.slack_block, min(end, widest.slack_block + reach), lane, widest.gap, widest.slack);
    sought.slack_at = other.slack_at;
    break;
  }
  let is_tied = widest.is_tied || sought.n_gaps > 1u;
  let is_ambiguous = is_tied && (widest.is_loose || sought.is_loose);
  let flags = u32(sought.is_loose) * INEXACT + u32(is_ambiguous) * AMBIGUOUS;
  let gap = element(min(sought.gap_at, dims.n - 1u));
  take_gap(tally, bitcast<u32>(widest.gap), flags, sought.gap_at, gap.x, gap.y);
  while (sought.slack_at != NONE && widest.slack > 0.0) {
    let slack = element(sought.slack_at);
    take_slack(tally, bitcast<u32>(widest.slack), slack.x, slack.y);
    break;
  }
}
