// share[row, e] = exp(l_e − max) / Σ exp(l − max) over the row's per_token experts of the largest logits, 0 for all others.
// A softmax over all experts, of which the largest are kept and made to sum to 1: its denominator cancels. Of equal logits the lower
// index is chosen.
//
//   logits [rows, n_experts] · share [rows, n_experts]
//
// One invocation a row: its bits depend on that row alone. Jiang et al. 2024 (Mixtral), section 2.1. Twin: reference/moe.ts, routes.

struct Dims {
  rows: u32,
  n_experts: u32,
  per_token: u32,
  logits_row_stride: u32,
  share_row_stride: u32,
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> share: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= dims.rows) {
    return;
  }
  let l_at = row * dims.logits_row_stride;
  let s_at = row * dims.share_row_stride;
  for (var e = 0u; e < dims.n_experts; e++) {
    share[s_at + e] = 0.0;
  }
  var largest = 0.0;
  var sum = 0.0;
  for (var round = 0u; round < dims.per_token; round++) {
    var best = dims.n_experts; // none yet; a logit that is no number is never better
    for (var e = 0u; e < dims.n_experts; e++) {
      if (share[s_at + e] == 0.0 && (best == dims.n_experts || logits[l_at + e] > logits[l_at + best])) {
        best = e;
      }
    }
    if (round == 0u) {
      largest = logits[l_at + best];
    }
    // Never 0, so that a chosen expert stays known as one: what flushes weighs less than 2⁻¹²⁶.
    share[s_at + best] = max(exp_f32(logits[l_at + best] - largest), 0x1p-126f);
    sum += share[s_at + best];
  }
  for (var e = 0u; e < dims.n_experts; e++) {
    share[s_at + e] = stored(quotient(share[s_at + e], sum));
  }
}
