// The elements of a pair that part most, in order: by |b − a|, or by |b − a| / |a|, the larger first, of equals the one of smaller index.
//
//   a, b [n elements, each with strides of its own] · rule (atol, rtol) · lists [3, workgroups, TOP] of (index, a, b), NONE where there
//   are no more: all elements whose bits differ by |b − a|; those that may fail |b − a| ≤ atol + rtol·|a| by it; those by |b − a| / |a|
//
// A workgroup takes `chunk` consecutive elements and gives its first TOP. Each lane holds its best; the best of all lanes goes on the
// list, and the lane that had it looks for its next. |b − a| is ordered as f64 has it, the quotient by its first 31 bits.
// Twin: analysis/compare.ts, analysis/differenceShape.ts.

override lanes: u32 = 64u;

const TOP: u32 = 20u;
const NONE: u32 = 0xffffffffu;
const DIFFERING: u32 = 0u;
const RELATIVE: u32 = 2u;

struct Rule {
  atol: f32,
  rtol: f32,
}

struct Ranked {
  key: vec2<u32>, // the larger comes first
  at: u32, // NONE where there is none
  a: u32,
  b: u32,
}

@group(0) @binding(3) var<storage, read> rule: Rule;
@group(0) @binding(4) var<storage, read_write> lists: array<u32>;

var<workgroup> best_of: array<Ranked, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var last = Ranked(vec2(0u), NONE, 0u, 0u);
  var is_next = true; // one place in the text that looks for the next: it is long, and a software adapter writes it out at each
  for (var place = 0u; place < TOP; place++) {
    if (is_next) {
      best_of[lane] = next_after(last, first + 4u * lane, end);
    }
    workgroupBarrier();
    var winner = 0u;
    for (var other = 1u; other < lanes; other++) {
      if (comes_before(best_of[other], best_of[winner])) {
        winner = other;
      }
    }
    last = best_of[winner];
    is_next = lane == winner && last.at != NONE;
    if (lane == winner) {
      let word = 3u * ((dims.first_partial + group.x) * TOP + place);
      lists[word] = last.at;
      lists[word + 1u] = last.a;
      lists[word + 2u] = last.b;
    }
    workgroupBarrier();
  }
}

fn comes_before(x: Ranked, y: Ranked) -> bool {
  if (x.at == NONE || y.at == NONE) {
    return x.at != NONE;
  }
  if (any(x.key != y.key)) {
    return x.key.x > y.key.x || (x.key.x == y.key.x && x.key.y > y.key.y);
  }
  return x.at < y.at;
}

/** The best of a lane's elements that come after one in order; where that is none, of all of them. */
fn next_after(last: Ranked, first: u32, end: u32) -> Ranked {
  var best = Ranked(vec2(0u), NONE, 0u, 0u);
  var floor = 0.0;
  for (var at = first; at < end; at += 4u * lanes) {
    let four = load(at, end);
    let can_be = (four.a != four.b) & !are_below(four, floor);
    while (any(can_be)) { // an `if` that a software adapter skips
      for (var k = 0u; k < 4u; k++) {
        if (can_be[k]) {
          let one = ranked(at + k, four.a[k], four.b[k]);
          if (comes_before(one, best) && (last.at == NONE || comes_before(last, one))) {
            best = one;
            floor = floor_of(one);
          }
        }
      }
      break;
    }
  }
  return best;
}

/** Which of four are certainly smaller than what is found: most are, at a glance, and need not be looked at closely. */
fn are_below(four: Four, floor: f32) -> vec4<bool> {
  let x = bitcast<vec4<f32>>(four.a);
  let distance = abs(bitcast<vec4<f32>>(four.b) - x);
  let limit = floor * select(vec4(1.0), abs(x), vec4(dims.pair == RELATIVE));
  return are_finite(four.a) & are_finite(four.b) & (limit < vec4(1e38)) & (distance < limit);
}

/** Somewhat less than what an element is ranked by; 0 where f32 cannot tell. */
fn floor_of(one: Ranked) -> f32 {
  let size = one.a & MAGNITUDE;
  if (max(size, one.b & MAGNITUDE) >= 0x7e000000u || size < 0x800000u) {
    return 0.0;
  }
  let a = bitcast<f32>(one.a);
  return 0.9999 * abs(bitcast<f32>(one.b) - a) / select(1.0, abs(a), dims.pair == RELATIVE);
}

fn ranked(at: u32, a: u32, b: u32) -> Ranked {
  let gap = exact_gap(a, b);
  let is_wanted = dims.pair == DIFFERING || may_fail(a, gap);
  let key = select(gap, quotient(gap, a & MAGNITUDE), vec2(dims.pair == RELATIVE));
  return Ranked(key, select(NONE, at, is_wanted), a, b);
}

/** Whether f32 is not certain that an element passes: six roundings, each of at most 2⁻²³, and what may be flushed to 0. */
fn may_fail(a: u32, gap: vec2<u32>) -> bool {
  let distance = gap_as_f32(gap);
  let size = a & MAGNITUDE;
  if (distance == 0u || max(distance, size) >= EXPONENT) {
    return distance != 0u;
  }
  let limit = rule.atol + rule.rtol * bitcast<f32>(size);
  return !(limit < 1e38 && bitcast<f32>(distance) < fma(limit, 0.99999904, -4.8e-38));
}

/** gap / |a| as (exponent, 31 bits); above all else where it is infinite. */
fn quotient(gap: vec2<u32>, size: u32) -> vec2<u32> {
  if (gap.x >= INFINITE_GAP.x || size == 0u) {
    return vec2(NONE);
  }
  let up = countLeadingZeros(size) - 8u; // of a subnormal; else 0 or, for larger exponents, not asked for
  let is_normal = size >= 0x800000u;
  let divisor = select(size << (up & 31u), (size & 0x7fffffu) | 0x800000u, is_normal) << 7u;
  let exponent = select(1u - up, size >> 23u, is_normal); // below 0 it wraps, and comes back by the addition
  var rest = 0x40000000u | ((gap.x & 0xfffffu) << 10u) | (gap.y >> 22u);
  var bits = 0u;
  for (var digit = 0u; digit < 31u; digit++) {
    let fits = rest >= divisor;
    bits = (bits << 1u) | u32(fits);
    rest = select(rest, rest - divisor, fits) << 1u;
  }
  let is_below_one = bits < 0x40000000u;
  return vec2((gap.x >> 20u) + 1024u - exponent - u32(is_below_one), bits << u32(is_below_one));
}
