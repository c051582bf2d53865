// e^x in f32 by range reduction and a polynomial, for x ≤ 88.72; smaller x go to 0. Within 1 ULP of the truth for normal
// results, where the adapter's own `exp` may be off by 3 + 2|x| ULP (WGSL) and was seen off by 63.
// Source: Cody & Waite's two-part ln 2; coefficients of the Cephes library's expf (Moshier, 1984-1989). Twin: Math.exp.
fn exp_f32(x: f32) -> f32 {
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
