// The parts of an f32's bits, for kernels that may not take them for numbers: WGSL may assume that there is neither NaN nor infinity.

const EXPONENT: u32 = 0x7f800000u;
const MAGNITUDE: u32 = 0x7fffffffu;
const SIGN: u32 = 0x80000000u;
const MINUS_INFINITY: u32 = 0xff800000u;

/** Bits as integers from 0 up that are ordered as the numbers are. Twin: tensor/bits.ts, keyOfF32. */
fn key_of(bits: u32) -> u32 {
  return select(bits | SIGN, ~bits, bits >= SIGN);
}
