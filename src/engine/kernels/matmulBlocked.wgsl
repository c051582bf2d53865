// y[m, n] = Σ_blocks (Σ_k in block x[m, k]·W[k, n]) + b[n]: partial sums of block_length terms each, added in ascending order.
// blocked(n) has n terms a block; splitK(n) has n blocks. On purpose not the canonical order: it shows what cuBLAS' split-K does.
//
// Bindings and dims: shared/panels.wgsl. One invocation makes one row's eight columns of a panel.
// Twin: matmulInOrder of reference/matmul.ts.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y;
  if (panel >= dims.panels || row >= dims.rows) {
    return;
  }
  let x_at = input_at(row, panel);
  var total = Eight(vec4<f32>(), vec4<f32>());
  for (var first = 0u; first < dims.k; first += dims.block_length) {
    var partial = Eight(vec4<f32>(), vec4<f32>());
    for (var k = first; k < min(first + dims.block_length, dims.k); k++) {
      let weight = weights(panel, k);
      let value = vec4<f32>(x[x_at + k]);
      partial.lo = mul_add4(value, weight.lo, partial.lo);
      partial.hi = mul_add4(value, weight.hi, partial.hi);
    }
    total.lo += partial.lo;
    total.hi += partial.hi;
  }
  store(row, panel, total);
}
