// |b − a| of two f32 exactly as f64 rounds it, by integers alone: no adapter may flush, contract or round it otherwise. The bits of an
// f64 from 0 up, as (high, low), are ordered as the numbers are. Stands behind tensorPair.wgsl. Twin: analysis/compare.ts, gapOf.

const INFINITE_GAP = vec2(0x7ff00000u, 0u);
const LARGEST_F32: u32 = 0x7f7fffffu;

/** The gap's f64: 0 where both are NaN, infinite where one is, or they are infinitely far apart. */
fn exact_gap(a: u32, b: u32) -> vec2<u32> {
  let large = max(a & MAGNITUDE, b & MAGNITUDE);
  let small = min(a & MAGNITUDE, b & MAGNITUDE);
  if (a == b || small > EXPONENT) {
    return vec2(0u);
  }
  if (large >= EXPONENT) {
    return INFINITE_GAP;
  }
  let exponent = max(large >> 23u, 1u);
  let less = shifted_down(significand(small), exponent - max(small >> 23u, 1u));
  if ((a ^ b) > MAGNITUDE) { // of unlike signs
    return as_f64(vec2(significand(large) + less.x, less.y), less.z, exponent);
  }
  let low = less.y + less.z; // what was cut off borrows one from the last place, and leaves a rest above it
  return as_f64(vec2(significand(large) - less.x - u32(low != 0u), 0u - low), less.z, exponent);
}

fn significand(size: u32) -> u32 {
  return (size & 0x7fffffu) | select(0u, 0x800000u, size >= 0x800000u);
}

/** significand · 2³² / 2^distance as (high, low, 1 where something was cut off). */
fn shifted_down(significand: u32, distance: u32) -> vec3<u32> {
  if (distance == 0u) {
    return vec3(significand, 0u, 0u);
  }
  if (distance < 32u) {
    return vec3(significand >> distance, significand << (32u - distance), 0u);
  }
  let more = min(distance - 32u, 31u);
  let kept = significand >> more;
  return vec3(0u, kept, u32((kept << more) != significand));
}

/** value · 2^(exponent − 182), and a rest below its last place where there is one, rounded to 53 bits, ties to even. */
fn as_f64(value: vec2<u32>, rest: u32, exponent: u32) -> vec2<u32> {
  if ((value.x | value.y) == 0u) {
    return vec2(0u);
  }
  let leading = select(63u - countLeadingZeros(value.x), 31u - countLeadingZeros(value.y), value.x == 0u);
  let biased = (leading + exponent + 840u) << 20u; // one less than 1023 − 182: the leading one adds it
  if (leading <= 52u) { // there is no rest: one needs 2³² ways between the two, and so a value beyond this
    let up = 52u - leading;
    let wide = select(value.y << (up & 31u), (value.x << up) | ((value.y >> 1u) >> (31u - (up & 31u))), up < 32u);
    return vec2(biased + wide, select(0u, value.y << (up & 31u), up < 32u));
  }
  let down = leading - 52u; // 1 to 4
  let cut = value.y & ((1u << down) - 1u);
  let half = 1u << (down - 1u);
  let low = (value.x << (32u - down)) | (value.y >> down);
  let is_up = cut > half || (cut == half && (rest == 1u || (low & 1u) == 1u));
  let rounded = low + u32(is_up);
  return vec2(biased + (value.x >> down) + u32(is_up && rounded == 0u), rounded);
}

/** The f32 bits of a gap, rounded towards 0; what f32 cannot hold is its largest number. */
fn gap_as_f32(gap: vec2<u32>) -> u32 {
  let biased = i32(gap.x >> 20u) - 896; // 1023 − 127
  let fraction = ((gap.x & 0xfffffu) << 3u) | (gap.y >> 29u);
  if (gap.x >= INFINITE_GAP.x) {
    return EXPONENT;
  }
  if (biased > 254) {
    return LARGEST_F32;
  }
  if (biased > 0) {
    return (u32(biased) << 23u) | fraction;
  }
  return (fraction | 0x800000u) >> u32(clamp(1 - biased, 0, 31)); // a gap of two f32 is a whole number of smallest ones
}
