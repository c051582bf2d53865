// Compares two tensors element by element under |b − a| ≤ atol + rtol·|a|: counts, the largest difference, five sums, and a
// histogram of ULP distances. What f32 cannot judge for certain (an element at the rule's edge) is listed, for f64 to judge.
//
//   a, b [n elements, each with strides of its own] · tallies [pairs' workgroups] · histograms [pairs, BINS] · lists [pairs, 1 + 2·LISTED]
//
// A workgroup takes `chunk` consecutive elements, its lanes in turn; sums are of SUMMED elements each, then of these sums.
// Twin: analysis/compare.ts.

const BINS: u32 = 1728u; // 0 … 127 each, then 64 an octave

override lanes: u32 = 64u;
override local_bins: u32 = BINS; // of the workgroup's own histogram; 1: it has none, and counts in the pair's

const EXACT_BINS: u32 = 128u;
const SUMMED: u32 = 64u;
const LISTED: u32 = 16u;
const MINUS_INFINITY: u32 = 0xff800000u;

struct Rule {
  atol: f32,
  rtol: f32,
  zero: u32, // a 0 that no compiler knows: keeps it from rewriting b − (b − a) as a
}

@group(0) @binding(3) var<storage, read> rule: Rule;
@group(0) @binding(4) var<storage, read_write> tallies: array<Tally>;
@group(0) @binding(5) var<storage, read_write> histograms: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read_write> lists: array<atomic<u32>>;

// SwiftShader writes out code for every word of workgroup memory that is to be zero: with BINS, most of a second of compilation.
var<workgroup> histogram: array<atomic<u32>, local_bins>;
var<workgroup> lane_tallies: array<Tally, lanes>;

fn bin_of(ulp: u32) -> u32 {
  let octave = firstLeadingBit(max(ulp, EXACT_BINS));
  let bin = EXACT_BINS + (octave - 7u) * 64u + ((ulp >> (octave - 6u)) & 63u);
  return select(bin, ulp, ulp < EXACT_BINS);
}

fn rounded(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ rule.zero);
}

/** Files what is rare of element i, whose bits differ: a new largest gap, a number at the rule's edge, one that is not finite. */
fn consider(i: u32, a: u32, b: u32, is_uncertain: bool, tally: ptr<function, Tally>) {
  if (is_finite_bits(a) && is_finite_bits(b)) {
    let x = bitcast<f32>(a);
    let y = bitcast<f32>(b);
    let d = rounded(y - x);
    let exact = rounded(y - d) == x && rounded(d + x) == y;
    take_gap(tally, bitcast<u32>(abs(d)), select(INEXACT, 0u, exact), i, a, b);
    take_slack(tally, bitcast<u32>(max(0.0, abs(d) - rule.rtol * abs(x))), a, b);
  } else if (is_nan_bits(a) && is_nan_bits(b)) {
    take_gap(tally, 0u, 0u, i, a, b);
    (*tally).ulp_infinite += 1u;
  } else {
    take_gap(tally, EXPONENT, 0u, i, a, b); // +∞
    take_slack(tally, EXPONENT, a, b);
    (*tally).mismatched += 1u;
    if (is_nan_bits(a) || is_nan_bits(b)) {
      (*tally).ulp_infinite += 1u;
    } else {
      file_ulp(ulp_distance(a, b), tally);
    }
  }
  if (is_uncertain) {
    (*tally).uncertain += 1u;
    let slot = dims.pair * (1u + 2u * LISTED);
    let entry = atomicAdd(&lists[slot], 1u);
    if (entry < LISTED) {
      atomicStore(&lists[slot + 1u + 2u * entry], a);
      atomicStore(&lists[slot + 2u + 2u * entry], b);
    }
  }
}

fn file_ulp(ulp: u32, tally: ptr<function, Tally>) {
  (*tally).ulp_max = max((*tally).ulp_max, ulp);
  count(bin_of(ulp), 1u);
}

fn count(bin: u32, elements: u32) {
  if (local_bins == BINS) {
    atomicAdd(&histogram[bin], elements);
  } else {
    atomicAdd(&histograms[dims.pair * BINS + bin], elements);
  }
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var tally = empty_tally();
  // The hot loop keeps to locals, and `while … break` stands for `if`: a software adapter carries out both sides of an `if`
  // under masks, and skips a loop that no lane enters. Faster on SwiftShader; by how much was
  // only seen on a busy machine.
  var equal = 0u; var outside = 0u; var odd_a = 0u; var odd_b = 0u; var largest_a = 0u; var largest_b = 0u;
  var gap = 0u; var slack = 0.0; // the tally's, at hand
  for (var block = first; block < end; block += lanes * SUMMED) {
    let block_end = min(end, block + lanes * SUMMED);
    var dd = 0.0; var aa = 0.0; var bb = 0.0; var ab = 0.0; var ds = 0.0;
    for (var i = block + lane; i < block_end; i += lanes) {
      let at = place(i);
      let a = a_bits[at.x];
      let b = b_bits[at.y];
      let finite = max(a & MAGNITUDE, b & MAGNITUDE) < EXPONENT;
      let counted = select(vec2(0u), vec2(a, b), finite);
      let x = bitcast<f32>(counted.x);
      let y = bitcast<f32>(counted.y);
      let d = y - x;
      dd = fma(d, d, dd); aa = fma(x, x, aa); bb = fma(y, y, bb); ab = fma(x, y, ab); ds = fma(d, y + x, ds);
      largest_a = max(largest_a, counted.x & MAGNITUDE);
      largest_b = max(largest_b, counted.y & MAGNITUDE);
      let is_fault = !finite && (a != b || a != MINUS_INFINITY); // a masked score that both have is none
      odd_a += u32(is_fault && !is_finite_bits(a));
      odd_b += u32(is_fault && !is_finite_bits(b));
      equal += u32(a == b);
      while (a != b) {
        let distance = abs(d);
        let own = rule.rtol * abs(x);
        // Five roundings, each of at most 2⁻²⁴ of gap or bound, and what may be flushed to 0.
        let doubt = (distance + rule.atol + own) * 4.8e-7 + 2.4e-38;
        let beyond = distance - (rule.atol + own);
        outside += u32(finite && beyond > doubt);
        let is_uncertain = finite && abs(beyond) <= doubt && ((a | b) & MAGNITUDE) != 0u;
        if (finite) {
          file_ulp(ulp_distance(a, b), &tally);
        }
        while (!finite || is_uncertain || bitcast<u32>(distance) >= gap || distance - own > slack) {
          consider(i, a, b, is_uncertain, &tally);
          gap = tally.gap;
          slack = bitcast<f32>(min(tally.slack, 0x7f7fffffu));
          break;
        }
        break;
      }
    }
    tally.sum_dd += dd; tally.sum_aa += aa; tally.sum_bb += bb; tally.sum_ab += ab; tally.sum_ds += ds;
  }
  tally.bit_equal = equal;
  tally.mismatched += outside;
  tally.non_finite_a = odd_a; tally.non_finite_b = odd_b;
  tally.magnitude_a = largest_a; tally.magnitude_b = largest_b;
  count(0u, tally.bit_equal);
  lane_tallies[lane] = tally;
  workgroupBarrier();
  if (lane == 0u) {
    for (var other = 1u; other < lanes; other++) {
      merge(&tally, lane_tallies[other]);
    }
    tallies[dims.first_partial + group.x] = tally;
  }
  if (local_bins == BINS) {
    for (var bin = lane; bin < BINS; bin += lanes) {
      let held = atomicLoad(&histogram[bin]);
      if (held > 0u) {
        atomicAdd(&histograms[dims.pair * BINS + bin], held);
      }
    }
  }
}
