// pattern[row, k] = exp(s_k − max) / Σ exp(s − max), with the maximum and the sum found in one pass over the keys, a block at a time:
// where a block raises the maximum, the sum so far is scaled down. So attention kernels that never hold a row do it (FlashAttention),
// and so their patterns part from the two-pass softmax by roundings. The pattern is then written, since it is a hook.
//
//   scores, pattern [planes·n_query, key_stride]; queries are the last n_query of n_key positions (attnScores.wgsl)
//
// One invocation a row; blocks begin at multiples of block_keys. Milakov & Gimelshein 2018; Dao et al. 2022. Twin: reference/softmax.ts.

override block_keys: u32 = 32u;

struct Dims {
  rows: u32,
  invocations_x: u32, // per row of the dispatch
  n_query: u32,
  n_key: u32,
  key_stride: u32, // elements of a row
  window: u32, // keys a query sees, itself included; 0: all before it
  unmasked: u32, // 1: the scores were edited, and every one that is not −∞ counts
  zero: u32, // shared/arithmetic.wgsl
}

const MINUS_INFINITY_BITS: u32 = 0xff800000u;
const LOWEST: f32 = -0x1.fffffep+127f;

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> scores: array<u32>; // as bits, since WGSL may assume infinities absent
@group(0) @binding(2) var<storage, read_write> pattern: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * dims.invocations_x + id.x;
  if (row >= dims.rows) {
    return;
  }
  let query = dims.n_key - dims.n_query + row % dims.n_query; // its position
  let is_open = dims.unmasked > 0u;
  let first = select(0u, query + 1u - min(dims.window, query + 1u), dims.window > 0u && !is_open);
  let last = select(query, dims.n_key - 1u, is_open);
  let at = row * dims.key_stride;
  var largest = LOWEST;
  var sum = 0.0;
  for (var start = first / block_keys * block_keys; start <= last; start += block_keys) {
    let end = min(start + block_keys, last + 1u);
    var raised = largest;
    for (var k = max(start, first); k < end; k++) {
      raised = max(raised, select(bitcast<f32>(scores[at + k]), LOWEST, scores[at + k] == MINUS_INFINITY_BITS));
    }
    var block = 0.0;
    for (var k = max(start, first); k < end; k++) {
      if (scores[at + k] != MINUS_INFINITY_BITS) {
        block += exp_f32(bitcast<f32>(scores[at + k]) - raised);
      }
    }
    sum = mul_add(sum, exp_f32(max(largest - raised, -200.0)), block);
    largest = raised;
  }
  for (var k = 0u; k < dims.n_key; k++) {
    var share = 0.0;
    if (k >= first && k <= last && scores[at + k] != MINUS_INFINITY_BITS) {
      share = stored(quotient(exp_f32(bitcast<f32>(scores[at + k]) - largest), sum));
    }
    pattern[at + k] = share;
  }
}
