// What both kernels of attention scores share (attnScores.wgsl, attnScoresQuad.wgsl): bindings, dims, mask, and what becomes of a sum.
//
//   q [batch·n_query, n_heads, d_head] · k [batch·n_key, n_heads / repeats, d_head] · scores [batch·n_heads, n_query, key_stride]
//
// Queries are the last n_query of n_key positions: all of a prompt's, or those that join the keys of a cache. −∞ is written as bits,
// since WGSL may assume infinities absent. Mistral 7B (Jiang et al. 2023) for the window.

override soft_capped: bool = false;
override has_alibi: bool = false;

struct Dims {
  n_query: u32,
  n_key: u32,
  key_stride: u32, // elements of a row of scores, n_key or more
  n_heads: u32,
  repeats: u32,
  d_head: u32,
  window: u32, // keys a query sees, itself included; 0: all before it
  q_row_stride: u32,
  q_offset: u32,
  k_row_stride: u32,
  k_offset: u32,
  scale: f32,
  soft_cap: f32,
  zero: u32, // shared/arithmetic.wgsl
}

const MINUS_INFINITY_BITS: u32 = 0xff800000u;

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read> alibi_slopes: array<f32>; // [n_heads]
@group(0) @binding(4) var<storage, read_write> scores: array<u32>;

// Whether the query at position `at` does not see the key.
fn is_masked(at: u32, key: u32) -> bool {
  return key > at || (dims.window > 0u && at - key >= dims.window);
}

fn store(head: u32, plane: u32, query: u32, key: u32, sum: f32) {
  if (query >= dims.n_query || key >= dims.n_key) {
    return;
  }
  let at = dims.n_key - dims.n_query + query; // the query's position
  var score = stored(product(stored(sum), dims.scale));
  if (soft_capped) {
    score = stored(product(dims.soft_cap, stored(tanh_f32(stored(quotient(score, dims.soft_cap))))));
  }
  if (has_alibi) {
    score = stored(mul_add(alibi_slopes[head], -f32(at - min(key, at)), score));
  }
  scores[(plane * dims.n_query + query) * dims.key_stride + key] =
    select(bitcast<u32>(score), MINUS_INFINITY_BITS, is_masked(at, key));
}
