// The per_token experts of the largest weights of each row, the largest first, of equals the lower index; and what each counts for:
// its weight over the sum of those chosen.
//
//   weights [rows, n_experts] · indices, shares [rows, per_token]; an index is a whole number in f32, so that it is a hook as others are
//
// One invocation a row. Jiang et al. 2024 (Mixtral), section 2.1. Twin: reference/moe.ts, chooseExperts.

struct Dims {
  rows: u32,
  n_experts: u32,
  per_token: u32,
  weights_row_stride: u32,
  chosen_row_stride: u32, // of indices and shares
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> indices: array<f32>;
@group(0) @binding(3) var<storage, read_write> shares: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  if (row >= dims.rows) {
    return;
  }
  let w_at = row * dims.weights_row_stride;
  let c_at = row * dims.chosen_row_stride;
  var sum = 0.0;
  for (var slot = 0u; slot < dims.per_token; slot++) {
    var best = dims.n_experts; // none yet; a weight that is no number is never better
    for (var e = 0u; e < dims.n_experts; e++) {
      if (!is_taken(c_at, slot, e) && (best == dims.n_experts || weights[w_at + e] > weights[w_at + best])) {
        best = e;
      }
    }
    indices[c_at + slot] = f32(best);
    shares[c_at + slot] = weights[w_at + best];
    sum += weights[w_at + best];
  }
  for (var slot = 0u; slot < dims.per_token; slot++) {
    shares[c_at + slot] = stored(quotient(shares[c_at + slot], sum));
  }
}

fn is_taken(at: u32, slots: u32, expert: u32) -> bool {
  for (var slot = 0u; slot < slots; slot++) {
    if (indices[at + slot] == f32(expert)) {
      return true;
    }
  }
  return false;
}
