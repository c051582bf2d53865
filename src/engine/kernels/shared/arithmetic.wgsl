// The arithmetic of a run, behind few functions. Native: the GPU's own fma, division and square root. Portable: f32 + − × alone, each
// product kept from contraction and none smaller than 2⁻¹⁰⁰, so that every GPU gives the same bits, whether it flushes what is below
// the normal range or not (docs/decisions/006). The choice is an override; native arithmetic whose results stay in f32 has a text of its
// own, arithmeticNative.wgsl. Twin, bit for bit: reference/portable.ts.
//
// Whoever uses it declares `dims.zero`, a 0 that no compiler knows: through it a product's bits pass, and nothing can be fused.
override portable: bool = false;

const SMALLEST_PRODUCT_BITS: u32 = 0x0d800000u; // 2⁻¹⁰⁰
const MAGNITUDE: u32 = 0x7fffffffu;

// Portable: x, or +0 where it is smaller than any product. What biases pass before they are added.
fn kept(x: f32) -> f32 {
  if (!portable) {
    return x;
  }
  let bits = bitcast<u32>(x) ^ dims.zero;
  return bitcast<f32>(select(bits, 0u, (bits & MAGNITUDE) < SMALLEST_PRODUCT_BITS));
}

fn kept4(x: vec4<f32>) -> vec4<f32> {
  if (!portable) {
    return x;
  }
  let bits = bitcast<vec4<u32>>(x) ^ vec4(dims.zero);
  return bitcast<vec4<f32>>(select(bits, vec4<u32>(), (bits & vec4(MAGNITUDE)) < vec4(SMALLEST_PRODUCT_BITS)));
}

fn product(a: f32, b: f32) -> f32 {
  return kept(a * b);
}

fn product4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return kept4(a * b);
}

// a·b + c, rounded once (native) or twice (portable).
fn mul_add(a: f32, b: f32, c: f32) -> f32 {
  if (portable) {
    return kept(a * b) + c;
  }
  return fma(a, b, c);
}

fn mul_add4(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> vec4<f32> {
  if (portable) {
    return kept4(a * b) + c;
  }
  return fma(a, b, c);
}

// sum + Σ over four k, in order: a run in one column, whose sum stays in a register for all four.
fn mul_add_run(sum: f32, v: vec4<f32>, w0: f32, w1: f32, w2: f32, w3: f32) -> f32 {
  return mul_add(v.w, w3, mul_add(v.z, w2, mul_add(v.y, w1, mul_add(v.x, w0, sum))));
}

fn quotient(a: f32, b: f32) -> f32 {
  if (portable) {
    return kept(a * reciprocal_portable(b));
  }
  return a / b;
}

fn square_root(x: f32) -> f32 {
  if (portable) {
    return square_root_portable(x);
  }
  return sqrt(x);
}
