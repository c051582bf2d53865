// 1/x and √x, correctly rounded, of portable arithmetic: Newton's steps in f32 come within a few units of the 24-bit result, and the
// remainder, exact in integers modulo 2³², puts it right. So neither contraction nor a flush nor the steps' own roundings show.
// Markstein, "Computation of elementary functions on the IBM RISC System/6000" (1990), with integers for its fused remainder.

const FRACTION: u32 = 0x007fffffu;
const ONE: u32 = 0x00800000u; // a significand of 24 bits begins with it
const INFINITY_BITS: u32 = 0x7f800000u;

fn reciprocal_portable(x: f32) -> f32 {
  let bits = bitcast<u32>(x) ^ dims.zero;
  let sign = bits & 0x80000000u;
  let exponent = i32((bits >> 23u) & 0xffu);
  if (exponent == 0 || exponent == 255) {
    let is_nan = exponent == 255 && (bits & FRACTION) != 0u;
    return bitcast<f32>(select(sign | select(0u, INFINITY_BITS, exponent == 0), bits, is_nan));
  }
  let significand = (bits & FRACTION) | ONE;
  let m = bitcast<f32>((bits & FRACTION) | 0x3f800000u); // in [1, 2)
  var y = 1.4117647 - 0.47058824 * m; // within 1/17
  y = y * (2.0 - m * y);
  y = y * (2.0 - m * y);
  y = y * (2.0 - m * y);
  var quotient_bits = u32(y * 16777216.0); // 2²⁴/m
  var rest = bitcast<i32>(0u - significand * quotient_bits); // 2⁴⁷ − M·Y
  while (rest < 0) {
    quotient_bits -= 1u;
    rest += i32(significand);
  }
  while (rest >= i32(significand)) {
    quotient_bits += 1u;
    rest -= i32(significand);
  }
  quotient_bits += select(0u, 1u, 2 * rest > i32(significand)); // no ties: a reciprocal of 25 bits does not end
  let result = (253 - exponent) * 0x800000 + i32(quotient_bits - ONE);
  return bitcast<f32>(select(sign | u32(result), 0u, result < 0x800000));
}

fn square_root_portable(x: f32) -> f32 {
  let bits = bitcast<u32>(x) ^ dims.zero;
  let exponent = i32(bits >> 23u) - 127; // of a negative number: beyond 128
  if (exponent == -127 || exponent > 127) {
    return bitcast<f32>(select(0u, bits, (bits & MAGNITUDE) >= INFINITY_BITS && (bits >> 31u) == 0u));
  }
  let odd = u32(exponent & 1);
  let significand = (bits & FRACTION) | ONE;
  let m = bitcast<f32>((bits & FRACTION) | ((127u + odd) << 23u)); // in [1, 4)
  var y = 1.065 - 0.152 * m; // within 1/11
  y = y * (1.5 - 0.5 * m * y * y);
  y = y * (1.5 - 0.5 * m * y * y);
  y = y * (1.5 - 0.5 * m * y * y);
  var root = u32(m * y * 8388608.0); // 2²³·√m
  var rest = bitcast<i32>((significand << (23u + odd)) - root * root);
  while (rest < 0) {
    root -= 1u;
    rest += i32(2u * root + 1u);
  }
  while (rest > i32(2u * root)) {
    rest -= i32(2u * root + 1u);
    root += 1u;
  }
  root += select(0u, 1u, rest > i32(root)); // no ties: (root + ½)² is no integer
  return bitcast<f32>(u32(((exponent - i32(odd)) / 2 + 127) << 23u) + (root - ONE));
}
