// Widens stored weights to f32, exactly. Two 16-bit values lie in one u32, the first in its low half.
const F32: u32 = 0u;
const F16: u32 = 1u;
const BF16: u32 = 2u;

// f16 bits (0 to 0xffff) to f32. Subnormals are scaled by hand, since adapters may flush them.
fn widen_f16(h: u32) -> f32 {
  let magnitude = h & 0x7fffu;
  let normal = bitcast<f32>((magnitude << 13u) + 0x38000000u);
  let infinite = bitcast<f32>((magnitude << 13u) + 0x70000000u);
  let subnormal = f32(magnitude) * 5.9604644775390625e-8;
  var value = select(normal, subnormal, magnitude < 0x400u);
  value = select(value, infinite, magnitude >= 0x7c00u);
  return bitcast<f32>(bitcast<u32>(value) | ((h & 0x8000u) << 16u));
}

// bf16 bits to f32: the same number with sixteen more zero bits.
fn widen_bf16(h: u32) -> f32 {
  return bitcast<f32>(h << 16u);
}

fn widen_16(h: u32, dtype: u32) -> f32 {
  if (dtype == F16) {
    return widen_f16(h);
  }
  return widen_bf16(h);
}

// Four values from two words.
fn widen_pairs(words: vec2<u32>, dtype: u32) -> vec4<f32> {
  return vec4<f32>(
    widen_16(words.x & 0xffffu, dtype), widen_16(words.x >> 16u, dtype),
    widen_16(words.y & 0xffffu, dtype), widen_16(words.y >> 16u, dtype),
  );
}
