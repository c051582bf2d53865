// y[m, n] = Σ_k x[m, k]·W[k, n] + b[n], k ascending, with what each product and each sum rounds away added up beside and put in at the
// end: nearly as if summed in twice the precision. The product's remainder is fma's (native), or that of its factors' halves.
//
// Bindings and dims: shared/panels.wgsl. One invocation makes one row's eight columns of a panel.
// Ogita, Rump & Oishi, "Accurate sum and dot product" (2005), algorithm 5.3. Twin: sumInOrder.ts.

// x, through a zero that no compiler knows: sums that cancel by design must not be rearranged.
fn settled(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4(dims.zero));
}

fn high_half(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((bitcast<vec4<u32>>(x) ^ vec4(dims.zero)) & vec4(0xfffff000u));
}

// What p, the rounded a·b, lacks.
fn product_rest(a: vec4<f32>, b: vec4<f32>, p: vec4<f32>) -> vec4<f32> {
  if (!portable) {
    return fma(a, b, -p);
  }
  let a_high = high_half(a);
  let b_high = high_half(b);
  let a_low = a - a_high;
  let b_low = b - b_high;
  let crossed = settled(settled(product4(a_high, b_high) - p) + product4(a_high, b_low)) + product4(a_low, b_high);
  return settled(crossed) + product4(a_low, b_low);
}

// What t, the rounded a + b, lacks (Knuth's TwoSum).
fn sum_rest(a: vec4<f32>, b: vec4<f32>, t: vec4<f32>) -> vec4<f32> {
  let b_read = settled(t - a);
  return settled(a - settled(t - b_read)) + settled(b - b_read);
}

struct Compensated {
  sum: vec4<f32>,
  rest: vec4<f32>,
}

fn add_product(so_far: Compensated, a: vec4<f32>, b: vec4<f32>) -> Compensated {
  let p = settled(product4(a, b));
  let t = settled(so_far.sum + p);
  let lost = settled(sum_rest(so_far.sum, p, t) + product_rest(a, b, p));
  return Compensated(t, so_far.rest + lost);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y;
  if (panel >= dims.panels || row >= dims.rows) {
    return;
  }
  let x_at = input_at(row, panel);
  var lo: Compensated;
  var hi: Compensated;
  for (var k = 0u; k < dims.k; k++) {
    let weight = weights(panel, k);
    let value = vec4<f32>(x[x_at + k]);
    lo = add_product(lo, value, weight.lo);
    hi = add_product(hi, value, weight.hi);
  }
  store(row, panel, Eight(lo.sum + lo.rest, hi.sum + hi.rest));
}
