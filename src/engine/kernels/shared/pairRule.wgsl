// Elements of a pair under the rule |b − a| ≤ atol + rtol·|a|: four at a time as most are, and one by one what is rare.

const SUMMED: u32 = 64u; // elements of a lane in a block
const LISTED: u32 = 16u;
const MINUS_INFINITY: u32 = 0xff800000u;

struct Rule {
  atol: f32,
  rtol: f32,
}

@group(0) @binding(3) var<storage, read> rule: Rule;
@group(0) @binding(6) var<storage, read_write> lists: array<atomic<u32>>;

struct Judged {
  x: vec4<f32>, // a and b, 0 where either is not finite
  y: vec4<f32>,
  d: vec4<f32>, // b − a
  counted: vec4<bool>, // finite, and the bits differ
  is_outside: vec4<bool>, // for certain
  is_rare: vec4<bool>, // at the rule's edge, or not finite; a masked score that both have is ordinary
  key: vec4<u32>, // bits of the gap |b − a|, one to the left, and whether the gap may have been rounded
  slack: vec4<f32>, // |b − a| − rtol·|a|
}

fn judge(a: vec4<u32>, b: vec4<u32>) -> Judged {
  let size_a = a & vec4(MAGNITUDE);
  let size_b = b & vec4(MAGNITUDE);
  let is_finite = max(size_a, size_b) < vec4(EXPONENT);
  let differs = a != b;
  let counted = differs & is_finite;
  let x = bitcast<vec4<f32>>(select(vec4(0u), a, is_finite));
  let y = bitcast<vec4<f32>>(select(vec4(0u), b, is_finite));
  let d = y - x;
  let distance = abs(d);
  let own = rule.rtol * abs(x);
  let limit = rule.atol + own;
  // Five roundings, each of at most 2⁻²⁴ of gap or bound, and what may be flushed to 0. No gap of 0 is outside.
  let is_outside = distance > fma(limit, vec4(1.00000096), vec4(4.8e-38));
  let is_inside = distance < fma(limit, vec4(0.99999904), vec4(-4.8e-38));
  let is_rare = (counted & (is_outside == is_inside)) | (!is_finite & (differs | (a != vec4(MINUS_INFINITY))));
  let gap = bitcast<vec4<u32>>(distance);
  let is_loose = gap >= min(size_a, size_b); // below, b − a is exact (Sterbenz, Floating-Point Computation, theorem 4.3.1)
  let key = select(vec4(0u), (gap << vec4(1u)) | vec4<u32>(is_loose), counted);
  return Judged(x, y, d, counted, is_outside, is_rare, key, distance - own);
}

/** Files what is rare among a lane's elements of a block, one by one. */
fn file_rare(first: u32, end: u32, tally: ptr<function, Tally>) {
  for (var at = first; at < end; at += 4u * lanes) {
    let four = load(at, end);
    let judged = judge(four.a, four.b);
    while (any(judged.is_rare)) {
      for (var k = 0u; k < 4u; k++) {
        if (judged.is_rare[k]) {
          file(at + k, Four(vec4(four.a[k]), vec4(four.b[k])), judged.counted[k], tally);
        }
      }
      break;
    }
  }
}

fn file(i: u32, four: Four, is_finite: bool, tally: ptr<function, Tally>) {
  let a = four.a.x;
  let b = four.b.x;
  let is_nan = vec2(are_nan(four.a).x, are_nan(four.b).x);
  if (is_finite) {
    list_uncertain(a, b, tally);
  } else {
    (*tally).non_finite_a += u32(!are_finite(four.a).x);
    (*tally).non_finite_b += u32(!are_finite(four.b).x);
  }
  if (!is_finite && a != b) {
    let both = all(is_nan);
    take_gap(tally, select(EXPONENT, 0u, both), 0u, i, a, b); // +∞
    take_slack(tally, select(EXPONENT, 0u, both), a, b);
    (*tally).mismatched += select(1u, 0u, both);
    (*tally).ulp_infinite += u32(any(is_nan));
  }
  if (!is_finite && a != b && !any(is_nan)) {
    let ulp = ulp_distances(four.a, four.b);
    (*tally).ulp_max = max((*tally).ulp_max, ulp.x);
    count(bins_of(ulp).x, 1u);
  }
}

fn list_uncertain(a: u32, b: u32, tally: ptr<function, Tally>) {
  if (((a | b) & MAGNITUDE) == 0u) { // zeros of either sign
    return;
  }
  (*tally).uncertain += 1u;
  let slot = dims.pair * (1u + 2u * LISTED);
  let entry = atomicAdd(&lists[slot], 1u);
  if (entry < LISTED) {
    atomicStore(&lists[slot + 1u + 2u * entry], a);
    atomicStore(&lists[slot + 2u + 2u * entry], b);
  }
}
