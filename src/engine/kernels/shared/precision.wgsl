// What a result is rounded to before it is stored: f32 as it is, or f16 or bf16 bit for bit as the type would, ties to even, subnormals
// and infinity included. Each operation rounds once; sums inside it are f32, as PyTorch's are. Twin: reference/precision.ts.
override rounding: u32 = 0u; // of kernels/numerics.ts
override bias_after: bool = false;

const ROUND_F16: u32 = 1u;
const ROUND_BF16: u32 = 2u;

fn rounded_f16(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let sign = bits & 0x80000000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return x;
  }
  if (magnitude >= 0x477ff000u) { // 65520: halfway from the largest f16 to what would be the next
    return bitcast<f32>(sign | 0x7f800000u);
  }
  if (magnitude < 0x38800000u) { // below 2⁻¹⁴: whole multiples of 2⁻²⁴
    return bitcast<f32>(sign | bitcast<u32>(round(bitcast<f32>(magnitude) * 16777216.0) * 5.9604644775390625e-8));
  }
  return bitcast<f32>(sign | ((magnitude + 0xfffu + ((magnitude >> 13u) & 1u)) & 0xffffe000u));
}

fn rounded_bf16(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return x;
  }
  return bitcast<f32>((bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u);
}

// x as the run's precision stores it.
fn stored(x: f32) -> f32 {
  if (rounding == ROUND_F16) {
    return rounded_f16(x);
  }
  if (rounding == ROUND_BF16) {
    return rounded_bf16(x);
  }
  return x;
}

fn stored4(x: vec4<f32>) -> vec4<f32> {
  if (rounding == 0u) {
    return x;
  }
  return vec4<f32>(stored(x.x), stored(x.y), stored(x.z), stored(x.w));
}

// A product's sum with its bias: added inside, before the one rounding, or after it, and rounded again (TransformerLens #519).
fn biased4(sum: vec4<f32>, bias: vec4<f32>) -> vec4<f32> {
  let addend = kept4(stored4(bias));
  if (bias_after) {
    return stored4(stored4(sum) + addend);
  }
  return stored4(sum + addend);
}
