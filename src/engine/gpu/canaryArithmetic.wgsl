// y[i] = one small computation whose result tells how the adapter rounds; canary.ts reads them.
// Operands come from a buffer, so that no compiler computes the result for itself. x: [12], y: [8]; one invocation.
// Source: WGSL, "Floating Point Evaluation": what an implementation may reassociate, fuse and flush.
struct Dims { zero: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x != dims.zero) {
    return;
  }
  y[0] = x[0] * x[1] + x[2]; // contraction
  var sum = x[2];
  for (var i = 0u; i < 1u; i++) {
    sum += x[i] * x[i + 1u]; // the same as a kernel has it, in a sum of products
  }
  y[1] = sum;
  y[2] = fma(x[0], x[1], x[2]);
  y[3] = (x[3] + x[4]) + x[5]; // reassociation
  y[4] = (x[3] + x[4]) - x[4];
  y[5] = x[6] + x[7]; // a tie, between two neighbours
  y[6] = x[8] * x[9]; // a result below the normal range
  y[7] = x[10] * x[11]; // an operand below it
}
