// A lane's elements of a block one by one, whatever they are: NaN, infinite, masked, of unlike signs, flushed to 0, or at the rule's
// edge, where they are listed for f64 to judge.

const LISTED: u32 = 16u;

@group(0) @binding(8) var<storage, read_write> lists: array<atomic<u32>>;

/** Goes through a block; `was_counted`: by find_plainly, whose counts are taken back. */
fn find_carefully(block: u32, block_end: u32, lane: u32, was_counted: bool, tally: ptr<function, Tally>) -> Found {
  var found = Found();
  found.has_loose = true;
  for (var quad = block + 4u * lane; quad < block_end; quad += 4u * lanes) {
    for (var at = quad; at < min(quad + 4u, block_end); at++) {
      let bits = element(at); // find_plainly counts a masked score at 0, as is done here
      let size = bits & vec2(MAGNITUDE);
      let is_same = bits.x == bits.y;
      if (was_counted) {
        count(bins_of(plain_ulp(size.xxxx, size.yyyy)).x, 0xffffffffu);
      }
      found.n += 1u;
      found.apart += u32(!is_same);
      if (max(size.x, size.y) < EXPONENT) {
        take_finite(bits, &found, tally);
      } else if (!is_same || bits.x != MINUS_INFINITY) { // a masked score that both have is ordinary
        take_other(at, bits, size, tally);
      }
      if (is_same || max(size.x, size.y) <= EXPONENT) {
        let ulp = ulp_distances(bits.xxxx, bits.yyyy);
        found.ulp_max = max(found.ulp_max, ulp.x);
        count(bins_of(ulp).x, 1u);
      }
    }
  }
  return found;
}

fn take_finite(bits: vec2<u32>, found: ptr<function, Found>, tally: ptr<function, Tally>) {
  let x = bitcast<f32>(bits.x);
  let y = bitcast<f32>(bits.y);
  let d = y - x;
  (*found).sums = fma(vec3(x, d, d), vec3(x, d, x + y), (*found).sums);
  if (bits.x == bits.y) {
    return;
  }
  let gap = abs(d);
  (*found).gap = max((*found).gap, gap);
  (*found).slack = max((*found).slack, slack_of(abs(x), gap));
  // Five roundings, each of at most 2⁻²⁴ of gap or bound, and what may be flushed to 0. No gap of 0 is outside.
  let limit = fma(rule.rtol, abs(x), rule.atol);
  let is_outside = gap > fma(limit, 1.00000096, 4.8e-38);
  let is_inside = gap < fma(limit, 0.99999904, -4.8e-38);
  (*found).outside += u32(is_outside);
  if (is_outside == is_inside && ((bits.x | bits.y) & MAGNITUDE) != 0u) { // not zeros of either sign
    list_uncertain(bits, tally);
  }
}

/** Files what differs and is not finite, or is not finite in both. */
fn take_other(at: u32, bits: vec2<u32>, size: vec2<u32>, tally: ptr<function, Tally>) {
  (*tally).non_finite_a += u32(size.x >= EXPONENT);
  (*tally).non_finite_b += u32(size.y >= EXPONENT);
  if (bits.x == bits.y) {
    return;
  }
  let is_nan = size > vec2(EXPONENT);
  let gap = select(EXPONENT, 0u, all(is_nan)); // +∞
  take_gap(tally, gap, 0u, at, bits.x, bits.y);
  take_slack(tally, gap, bits.x, bits.y);
  (*tally).mismatched += u32(gap != 0u);
  (*tally).ulp_infinite += u32(any(is_nan));
}

fn list_uncertain(bits: vec2<u32>, tally: ptr<function, Tally>) {
  (*tally).uncertain += 1u;
  let slot = dims.pair * (1u + 2u * LISTED);
  let entry = atomicAdd(&lists[slot], 1u);
  if (entry < LISTED) {
    atomicStore(&lists[slot + 1u + 2u * entry], bits.x);
    atomicStore(&lists[slot + 2u + 2u * entry], bits.y);
  }
}
