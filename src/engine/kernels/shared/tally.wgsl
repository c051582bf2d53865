// What is counted of a pair of tensors: by one invocation, then by one workgroup, then of the whole pair, merged on the way.
// Counts, bits and indices merge exactly in any order; the three sums are f32 and grow by one rounding a merge.

const NONE: u32 = 0xffffffffu;
const INEXACT: u32 = 1u; // the largest gap may have been rounded
const AMBIGUOUS: u32 = 2u; // another gap rounds to the same number: f32 cannot tell which is the larger

struct Tally {
  mismatched: u32, // certainly outside the rule
  uncertain: u32, // too near the rule's edge for f32: listed, and judged in f64
  bit_equal: u32,
  non_finite_a: u32,
  non_finite_b: u32,
  ulp_max: u32,
  ulp_infinite: u32, // differing, and one is NaN
  gap: u32, // bits of the largest |b − a|
  gap_flags: u32,
  gap_at: u32, // its first element; NONE where all bits are equal
  gap_a: u32, // its bits
  gap_b: u32,
  slack: u32, // bits of the largest |b − a| − rtol·|a|, 0 where none is positive
  slack_a: u32,
  slack_b: u32,
  sum_dd: f32, // Σ (b − a)², over elements finite in both, as all sums
  sum_aa: f32,
  sum_ds: f32, // Σ (b − a)·(b + a), which is Σ b² − Σ a² without its cancellation
}

fn empty_tally() -> Tally {
  var tally = Tally();
  tally.gap_at = NONE;
  return tally;
}

/** Takes another largest gap into a tally: the larger, of equals the earlier. */
fn take_gap(into: ptr<function, Tally>, gap: u32, flags: u32, at: u32, a: u32, b: u32) {
  if (at == NONE) {
    return;
  }
  let held = (*into).gap_at;
  let tied = held != NONE && gap == (*into).gap;
  let doubt = select(0u, AMBIGUOUS, tied && (((*into).gap_flags | flags) & INEXACT) != 0u);
  let joint = select(0u, ((*into).gap_flags | flags) & AMBIGUOUS, tied) | doubt;
  if (held == NONE || gap > (*into).gap || (tied && at < held)) {
    (*into).gap = gap;
    (*into).gap_at = at;
    (*into).gap_a = a;
    (*into).gap_b = b;
    (*into).gap_flags = flags;
  }
  (*into).gap_flags |= joint;
}

fn take_slack(into: ptr<function, Tally>, slack: u32, a: u32, b: u32) {
  if (slack > (*into).slack) {
    (*into).slack = slack;
    (*into).slack_a = a;
    (*into).slack_b = b;
  }
}

fn merge(into: ptr<function, Tally>, more: Tally) {
  (*into).mismatched += more.mismatched;
  (*into).uncertain += more.uncertain;
  (*into).bit_equal += more.bit_equal;
  (*into).non_finite_a += more.non_finite_a;
  (*into).non_finite_b += more.non_finite_b;
  (*into).ulp_max = max((*into).ulp_max, more.ulp_max);
  (*into).ulp_infinite += more.ulp_infinite;
  take_gap(into, more.gap, more.gap_flags, more.gap_at, more.gap_a, more.gap_b);
  take_slack(into, more.slack, more.slack_a, more.slack_b);
  (*into).sum_dd += more.sum_dd;
  (*into).sum_aa += more.sum_aa;
  (*into).sum_ds += more.sum_ds;
}
