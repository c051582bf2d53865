// A lane's elements of a block under the rule |b − a| ≤ atol + rtol·|a|, as most are: finite, of one sign, and not at the rule's edge.
// Four at a time, in few instructions. Where one is otherwise, the block is not `is_plain`, and is gone through again by anyElement.wgsl.

const SUMMED: u32 = 64u; // elements of a lane in a block
const EXACT: f32 = 1.0; // atol = rtol = 0
const PLAIN: f32 = 2.0; // atol so large that nothing flushed to 0 can matter
const SMALLEST_NORMAL: u32 = 0x00800000u; // added to a size, it carries into the sign where that is not finite

/** atol + rtol·|a|, and the same a little more and a little less than four roundings can change it by: analysis/ruleWords.ts. */
struct Rule {
  atol: f32,
  rtol: f32,
  above: vec2<f32>,
  below: vec2<f32>,
  kind: f32, // EXACT, PLAIN, or 0
}

@group(0) @binding(3) var<storage, read> rule: Rule;

/** What a lane's elements of a block come to. */
struct Found {
  sums: vec3<f32>, // Σ a², Σ (b − a)², Σ (b − a)·(b + a)
  n: u32,
  apart: u32, // whose bits differ
  outside: u32, // the rule, for certain
  ulp_max: u32,
  gap: f32, // the largest |b − a|
  has_loose: bool, // some |b − a| may have been rounded
  slack: f32, // the largest |b − a| − rtol·|a|, 0 where none is positive
  is_plain: bool,
}

/** Elements of a lane in a block of whole quads. */
fn elements_of(block: u32, block_end: u32, lane: u32) -> u32 {
  let first = block + 4u * lane;
  return 4u * ((max(block_end, first) - first + 4u * lanes - 1u) / (4u * lanes));
}

/** Scores that both runs mask, 0 in both. */
fn unmasked(four: Four) -> Four {
  let is_masked = (four.a == vec4(MINUS_INFINITY)) & (four.b == vec4(MINUS_INFINITY));
  return Four(select(four.a, vec4(0u), is_masked), select(four.b, vec4(0u), is_masked));
}

/**
 * Judges and counts; `plain_ulp` is where each was counted. `tight` keeps its sign while every |b − a| is smaller than a and b, and so is
 * exact (Sterbenz, Floating-Point Computation, theorem 4.3.1).
 */
fn find_plainly(block: u32, block_end: u32, lane: u32) -> Found {
  var aa = vec4(0.0); var dd = vec4(0.0); var ds = vec4(0.0); var gaps = vec4(0.0); var slacks = vec4(0.0);
  var above = vec4(0.0); var below = vec4(0.0); var apart = vec4(0u); var odd = vec4(0u); var tight = vec4(SIGN); var ulp_max = vec4(0);
  for (var at = block + 4u * lane; at < block_end; at += 4u * lanes) {
    let four = unmasked(quads(at));
    let x = bitcast<vec4<f32>>(four.a);
    let y = bitcast<vec4<f32>>(four.b);
    let d = y - x;
    aa = fma(x, x, aa);
    dd = fma(d, d, dd);
    ds = fma(d, x + y, ds);
    let changed = four.a ^ four.b;
    let size_a = four.a & vec4(MAGNITUDE);
    let size_b = four.b & vec4(MAGNITUDE);
    odd |= changed | (size_a + SMALLEST_NORMAL) | (size_b + SMALLEST_NORMAL);
    apart += (changed | (vec4(0u) - changed)) >> vec4(31u);
    let gap = abs(d);
    let size = bitcast<vec4<f32>>(size_a);
    gaps = max(gaps, gap);
    tight &= (bitcast<vec4<u32>>(gap) - size_a) & (bitcast<vec4<u32>>(gap) - size_b);
    slacks = max(slacks, slacks_of(size, gap));
    above += step(fma(size, vec4(rule.above.y), vec4(rule.above.x)), gap);
    below += step(fma(size, vec4(rule.below.y), vec4(rule.below.x)), gap);
    let ulp = plain_ulp(size_a, size_b);
    ulp_max = max(ulp_max, vec4<i32>(ulp));
    let bins = bins_of(ulp);
    count(bins.x, 1u);
    count(bins.y, 1u);
    count(bins.z, 1u);
    count(bins.w, 1u);
  }
  let one = vec4(1.0);
  let gap = widest_of(gaps);
  let outside = dot(above, one);
  let n_apart = dot(apart, vec4(1u));
  let is_finite = ((odd.x | odd.y | odd.z | odd.w) & SIGN) == 0u && bitcast<u32>(gap) < EXPONENT;
  let is_certain = dot(below, one) == outside && (rule.kind == PLAIN || u32(outside) == n_apart);
  let ulps = vec4<u32>(ulp_max);
  return Found(
    vec3(dot(aa, one), dot(dd, one), dot(ds, one)),
    elements_of(block, block_end, lane),
    n_apart,
    u32(outside),
    max(max(ulps.x, ulps.y), max(ulps.z, ulps.w)),
    gap,
    any(tight == vec4(0u)),
    widest_of(slacks),
    is_finite && is_certain,
  );
}

/** |b − a| − rtol·|a|. */
fn slacks_of(size: vec4<f32>, gap: vec4<f32>) -> vec4<f32> {
  return fma(size, vec4(-rule.rtol), gap);
}

fn slack_of(size: f32, gap: f32) -> f32 {
  return fma(size, -rule.rtol, gap);
}

/** The distance of two f32 of one sign; of others a number that is no use. */
fn plain_ulp(size_a: vec4<u32>, size_b: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(abs(vec4<i32>(size_a) - vec4<i32>(size_b)));
}

fn widest_of(four: vec4<f32>) -> f32 {
  return max(max(four.x, four.y), max(four.z, four.w));
}
