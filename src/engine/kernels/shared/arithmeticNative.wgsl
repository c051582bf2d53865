// The functions of arithmetic.wgsl and precision.wgsl for what nearly every run is: the GPU's own fma, division and square root, results
// kept in f32. The bits are those of the overrides' defaults. A text of its own, because a branch that folds away is inlined first, at
// each of a product's thousand multiply-adds: with it the products took three times as long to compile (docs/decisions/007).
const portable: bool = false;
const rounding: u32 = 0u;

fn kept(x: f32) -> f32 {
  return x;
}

fn kept4(x: vec4<f32>) -> vec4<f32> {
  return x;
}

fn product(a: f32, b: f32) -> f32 {
  return a * b;
}

fn product4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return a * b;
}

fn mul_add(a: f32, b: f32, c: f32) -> f32 {
  return fma(a, b, c);
}

fn mul_add4(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  return fma(a, b, c);
}

// sum + Σ over four k, in order.
fn mul_add_run(sum: f32, v: vec4<f32>, w0: f32, w1: f32, w2: f32, w3: f32) -> f32 {
  return fma(v.w, w3, fma(v.z, w2, fma(v.y, w1, fma(v.x, w0, sum))));
}

fn quotient(a: f32, b: f32) -> f32 {
  return a / b;
}

fn square_root(x: f32) -> f32 {
  return sqrt(x);
}

fn stored(x: f32) -> f32 {
  return x;
}

fn stored4(x: vec4<f32>) -> vec4<f32> {
  return x;
}

fn biased4(sum: vec4<f32>, bias: vec4<f32>) -> vec4<f32> {
  return sum + bias;
}
