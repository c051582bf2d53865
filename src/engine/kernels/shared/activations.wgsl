// The MLP's activation functions in f32, made of exp_f32 (shared/exp.wgsl) and polynomials, since adapters' own tanh may be NaN
// beyond |x| ≈ 88.7 (gpuweb#4458) and WGSL has no erf. Twins: reference/activation.ts.
const SILU: u32 = 0u;
const GELU: u32 = 1u; // exact, by erf
const GELU_TANH: u32 = 2u;
const RELU: u32 = 3u;

// 1 / (1 + e^−x), never through an overflow.
fn sigmoid_f32(x: f32) -> f32 {
  let power = exp_f32(-abs(x));
  return select(power, 1.0, x >= 0.0) / (1.0 + power);
}

// tanh: an odd polynomial near 0 (Cephes tanhf), (1 − e^−2|x|) / (1 + e^−2|x|) elsewhere.
fn tanh_f32(x: f32) -> f32 {
  let s = x * x;
  var p = fma(-5.70498872745e-3, s, 2.06390887954e-2);
  p = fma(p, s, -5.37397155531e-2);
  p = fma(p, s, 1.33314422036e-1);
  p = fma(p, s, -3.33332819422e-1);
  let near = fma(p * s, x, x);
  let power = exp_f32(-2.0 * abs(x));
  let far = (1.0 - power) / (1.0 + power);
  return select(select(far, -far, x < 0.0), near, abs(x) < 0.625);
}

// erf within 1 ULP: Norbert Juffa, "An accurate and fast implementation of erff" (2018), two polynomials joined at 0.9277.
fn erf_f32(a: f32) -> f32 {
  let t = abs(a);
  let s = a * a;
  var far = fma(-1.72853470e-5, t, 3.83197126e-4);
  far = fma(far, s, fma(-3.88396438e-3, t, 2.42546219e-2));
  far = fma(far, t, -1.06777877e-1);
  far = fma(far, t, -6.34846687e-1);
  far = fma(far, t, -1.28717512e-1);
  far = fma(far, t, -t);
  far = 1.0 - exp_f32(far);
  var near = fma(-5.96761703e-4, s, 4.99119423e-3);
  near = fma(near, s, -2.67681349e-2);
  near = fma(near, s, 1.12819925e-1);
  near = fma(near, s, -3.76125336e-1);
  near = fma(near, s, 1.28379166e-1);
  near = fma(near, a, a);
  return select(near, select(far, -far, a < 0.0), t > 0.927734375);
}

fn activate(x: f32, activation: u32) -> f32 {
  if (activation == SILU) {
    return x * sigmoid_f32(x);
  }
  if (activation == GELU) {
    return 0.5 * x * (1.0 + erf_f32(x * 0.70710678));
  }
  if (activation == GELU_TANH) {
    // Hendrycks & Gimpel 2016: √(2/π)·(x + 0.044715·x³)
    return 0.5 * x * (1.0 + tanh_f32(0.79788456 * fma(0.044715 * x * x, x, x)));
  }
  return max(x, 0.0);
}
