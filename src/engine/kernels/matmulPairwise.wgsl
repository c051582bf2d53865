// y[m, n] = Σ_k x[m, k]·W[k, n] + b[n], added as a balanced tree: neighbours first, then neighbours of neighbours. Error grows
// with log K instead of K. A binary counter of partial sums: sums of equal length are joined as soon as there are two.
//
// Bindings and dims: shared/panels.wgsl. One invocation makes one row's eight columns of a panel.
// Higham, "The accuracy of floating point summation" (1993), section 2. Twin: matmulInOrder of reference/matmul.ts.

const LEVELS: u32 = 24u; // 2²⁴ terms

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y;
  if (panel >= dims.panels || row >= dims.rows) {
    return;
  }
  let x_at = input_at(row, panel);
  var sums: array<Eight, LEVELS>; // sums[i]: of 2^i terms, where bit i of the count is set
  for (var k = 0u; k < dims.k; k++) {
    let weight = weights(panel, k);
    let value = vec4<f32>(x[x_at + k]);
    var joined = Eight(product4(value, weight.lo), product4(value, weight.hi));
    var level = 0u;
    for (var count = k; (count & 1u) == 1u; count >>= 1u) {
      joined = Eight(sums[level].lo + joined.lo, sums[level].hi + joined.hi);
      level += 1u;
    }
    sums[level] = joined;
  }
  var total = Eight(vec4<f32>(), vec4<f32>());
  var started = false;
  for (var level = 0u; level < LEVELS; level++) {
    if (((dims.k >> level) & 1u) == 0u) {
      continue;
    }
    if (started) {
      total = Eight(sums[level].lo + total.lo, sums[level].hi + total.hi);
    } else {
      total = sums[level];
      started = true;
    }
  }
  store(row, panel, total);
}
