// The MLP's activation functions in f32, made of exp_f32 (shared/exp.wgsl) and polynomials, since adapters' own tanh may be NaN
// beyond |x| ≈ 88.7 (gpuweb#4458) and WGSL has no erf. Twins: reference/activation.ts; of portable arithmetic, bit for bit,
// reference/portableFunctions.ts.
const SILU: u32 = 0u;
const GELU: u32 = 1u; // exact, by erf
const GELU_TANH: u32 = 2u;
const RELU: u32 = 3u;

// 1 / (1 + e^−x), never through an overflow.
fn sigmoid_f32(x: f32) -> f32 {
  let power = exp_f32(-abs(x));
  return quotient(select(power, 1.0, x >= 0.0), 1.0 + power);
}

// tanh: an odd polynomial near 0 (Cephes tanhf), (1 − e^−2|x|) / (1 + e^−2|x|) elsewhere.
fn tanh_f32(x: f32) -> f32 {
  let s = product(x, x);
  var p = mul_add(-5.70498872745e-3, s, 2.06390887954e-2);
  p = mul_add(p, s, -5.37397155531e-2);
  p = mul_add(p, s, 1.33314422036e-1);
  p = mul_add(p, s, -3.33332819422e-1);
  let near = mul_add(product(p, s), x, x);
  let power = exp_f32(product(-2.0, abs(x)));
  let far = quotient(1.0 - power, 1.0 + power);
  return select(select(far, -far, x < 0.0), near, abs(x) < 0.625);
}

// erf within 1 ULP: Norbert Juffa, "An accurate and fast implementation of erff" (2018), two polynomials joined at 0.9277.
fn erf_native(a: f32) -> f32 {
  let t = abs(a);
  let s = a * a;
  var far = fma(-1.72853470e-5, t, 3.83197126e-4);
  far = fma(far, s, fma(-3.88396438e-3, t, 2.42546219e-2));
  far = fma(far, t, -1.06777877e-1);
  far = fma(far, t, -6.34846687e-1);
  far = fma(far, t, -1.28717512e-1);
  far = fma(far, t, -t);
  far = 1.0 - exp_native(far);
  var near = fma(-5.96761703e-4, s, 4.99119423e-3);
  near = fma(near, s, -2.67681349e-2);
  near = fma(near, s, 1.12819925e-1);
  near = fma(near, s, -3.76125336e-1);
  near = fma(near, s, 1.28379166e-1);
  near = fma(near, a, a);
  return select(near, select(far, -far, a < 0.0), t > 0.927734375);
}

// erf in portable arithmetic, within 4 ULP and monotone: odd minimax below 0.5; beyond, 1 − e^−t²·erfcx(t), where erfcx is completely
// monotone and so has a polynomial in 1.5 − t, and in 4 − t, without a negative coefficient. From 4 on it is 1 in f32.
const TINY: f32 = 8.077935669463161e-28; // 2⁻⁹⁰

fn erf_portable(a: f32) -> f32 {
  let t = min(abs(a), 4.0);
  let s = product(t, t);
  var near = mul_add(0.004719927906990051, s, -0.02675815485417843);
  near = mul_add(near, s, 0.11282838135957718);
  near = mul_add(near, s, -0.37612608075141907);
  near = mul_add(near, s, 0.12837916612625122);
  // Where near·a would be too small a product, the slope at 0 alone: 2/√π.
  near = select(mul_add(near, a, a), product(1.1283792, a), t < TINY);
  var scaled: f32;
  if (t < 1.5) {
    let v = 1.5 - t;
    scaled = mul_add(product(0.00078915199264884, v), v, 0.0015668991254642606);
    scaled = mul_add(scaled, v, 0.006328036542981863);
    scaled = mul_add(scaled, v, 0.012410519644618034);
    scaled = mul_add(scaled, v, 0.033297985792160034);
    scaled = mul_add(scaled, v, 0.07608477771282196);
    scaled = mul_add(scaled, v, 0.16362760961055756);
    scaled = mul_add(scaled, v, 0.32158535718917847);
  } else {
    let v = 4.0 - t;
    scaled = product(product(product(4.24871768700541e-6, v), v), v);
    scaled = mul_add(scaled, v, 0.0007538864156231284);
    scaled = mul_add(scaled, v, 0.00179117894731462);
    scaled = mul_add(scaled, v, 0.005342042539268732);
    scaled = mul_add(scaled, v, 0.035461027175188065);
    scaled = mul_add(scaled, v, 0.1356261670589447);
  }
  let far = 1.0 - product(exp_portable(-s), scaled);
  return select(select(far, -far, a < 0.0), near, abs(a) < 0.5);
}

fn erf_f32(a: f32) -> f32 {
  if (portable) {
    return erf_portable(a);
  }
  return erf_native(a);
}

fn activate(x: f32, activation: u32) -> f32 {
  if (activation == SILU) {
    return product(x, sigmoid_f32(x));
  }
  if (activation == GELU) {
    return product(product(0.5, x), 1.0 + erf_f32(product(x, 0.70710678)));
  }
  if (activation == GELU_TANH) {
    // Hendrycks & Gimpel 2016: √(2/π)·(x + 0.044715·x³)
    let cubic = mul_add(product(product(0.044715, x), x), x, x);
    return product(product(0.5, x), 1.0 + tanh_f32(product(0.79788456, cubic)));
  }
  return max(x, 0.0);
}
