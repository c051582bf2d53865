// weights[row, e] = exp(l_e − max) / Σ exp(l − max): the router's softmax over all experts, summed in their order.
//
//   logits, weights [rows, n_experts]
//
// One invocation a row: its bits depend on that row alone. In f32 whatever the run is rounded to, as transformers does it: in bf16
// experts would tie. Jiang et al. 2024 (Mixtral), section 2.1. Twin: reference/moe.ts, expertWeights.

struct Dims {
  rows: u32,
  n_experts: u32,
  logits_row_stride: u32,
  weights_row_stride: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= dims.rows) {
    return;
  }
  let l_at = row * dims.logits_row_stride;
  let w_at = row * dims.weights_row_stride;
  var largest = logits[l_at];
  for (var e = 1u; e < dims.n_experts; e++) {
    largest = max(largest, logits[l_at + e]);
  }
  var sum = 0.0;
  for (var e = 0u; e < dims.n_experts; e++) {
    let power = exp_f32(logits[l_at + e] - largest);
    weights[w_at + e] = power;
    sum += power;
  }
  for (var e = 0u; e < dims.n_experts; e++) {
    weights[w_at + e] = quotient(weights[w_at + e], sum);
  }
}
