// e^x in f32 by range reduction and a polynomial, for x ≤ 88.72; smaller x go to 0. Within 1 ULP of the truth for normal
// results, where the adapter's own `exp` may be off by 3 + 2|x| ULP (WGSL) and was seen off by 63.
// Source: Cody & Waite's two-part ln 2; coefficients of the Cephes library's expf (Moshier, 1984-1989). Twin: Math.exp.
fn exp_native(x: f32) -> f32 {
  let n = floor(fma(x, 1.44269504, 0.5));
  var r = fma(n, -0.693359375, x);
  r = fma(n, 2.12194440e-4, r);
  var p = fma(1.9875691500e-4, r, 1.3981999507e-3);
  p = fma(p, r, 8.3334519073e-3);
  p = fma(p, r, 4.1665795894e-2);
  p = fma(p, r, 1.6666665459e-1);
  p = fma(p, r, 5.0000001201e-1);
  p = fma(p, r * r, r) + 1.0;
  // 2^n in two factors, so that neither leaves the range of normal numbers; below it the result flushes to 0.
  let half_n = i32(clamp(n, -252.0, 254.0)) >> 1u;
  let rest_n = i32(clamp(n, -252.0, 254.0)) - half_n;
  let scaled = p * bitcast<f32>(u32(half_n + 127) << 23u) * bitcast<f32>(u32(rest_n + 127) << 23u);
  return select(scaled, 0.0, x < -103.0);
}

// e^x in portable arithmetic, within 1.5 ULP and monotone: r lies in [0, ln 2], where no coefficient is negative, so that every step
// grows with it; results below 2⁻¹²⁶ are 0. Coefficients: weighted minimax of (e^r − 1 − r)/r². Twin: reference/portableFunctions.ts.
fn exp_portable(x: f32) -> f32 {
  let within = clamp(x, -200.0, 200.0);
  // Taken too large by up to 2⁻¹² rather than too small, then put right.
  let high = floor(product(within, 1.44269504) + 0.000244140625);
  let n = select(high, high - 1.0, exp_rest(within, high) < 0.0);
  let r = exp_rest(within, n);
  var q = mul_add(0.00191248778719455, r, 0.007868424989283085);
  q = mul_add(q, r, 0.04185498505830765);
  q = mul_add(q, r, 0.16663190722465515);
  q = mul_add(q, r, 0.5000022649765015);
  let p = 1.0 + mul_add(product(r, r), q, r); // in [1, 2]
  let exponent = i32(n);
  let scaled = bitcast<u32>(bitcast<i32>(bitcast<u32>(p) ^ dims.zero) + exponent * 0x800000);
  return bitcast<f32>(select(select(scaled, 0x7f800000u, exponent > 127), 0u, exponent < -126));
}

fn exp_rest(x: f32, n: f32) -> f32 {
  return (x - product(n, 0.693359375)) - product(n, -2.1219444e-4);
}

fn exp_f32(x: f32) -> f32 {
  if (portable) {
    return exp_portable(x);
  }
  return exp_native(x);
}
