// scores[h, q, k] = scale · Σ_i q[q, h, i]·k[k, ⌊h / repeats⌋, i], i ascending; −∞ where key k is after query q or outside the
// sliding window. repeat_kv is the index ⌊h / repeats⌋: nothing is copied.
//
//   q [batch·n_query, n_heads, d_head] · k [batch·n_key, n_heads / repeats, d_head] · scores [batch·n_heads, n_query, key_stride]
//
// Queries are the last n_query of n_key positions: all of a prompt's, or those that join the keys of a cache.
//
// One invocation owns 4 queries × 4 keys. −∞ is written as bits, since WGSL may assume infinities absent.
// Vaswani et al. 2017, equation 1; Mistral 7B (Jiang et al. 2023) for the window. Twin: reference/attnScores.ts.

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

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let key = id.x * 4u;
  let query = id.y * 4u;
  let plane = id.z; // batch · n_heads + head
  if (key >= dims.n_key || query >= dims.n_query) {
    return;
  }
  let head = plane % dims.n_heads;
  let first_row = (plane / dims.n_heads) * dims.n_query;
  let first_key_row = (plane / dims.n_heads) * dims.n_key;
  var s0 = vec4<f32>(); var s1 = vec4<f32>(); var s2 = vec4<f32>(); var s3 = vec4<f32>();
  if (key <= dims.n_key - dims.n_query + query + 3u) { // some key of this tile is seen
    let last = dims.n_query - 1u;
    let last_key = dims.n_key - 1u;
    let q_head = dims.q_offset + head * dims.d_head;
    let k_head = dims.k_offset + (head / dims.repeats) * dims.d_head;
    let q0 = q_head + (first_row + query) * dims.q_row_stride;
    let q1 = q_head + (first_row + min(query + 1u, last)) * dims.q_row_stride;
    let q2 = q_head + (first_row + min(query + 2u, last)) * dims.q_row_stride;
    let q3 = q_head + (first_row + min(query + 3u, last)) * dims.q_row_stride;
    let k0 = k_head + (first_key_row + key) * dims.k_row_stride;
    let k1 = k_head + (first_key_row + min(key + 1u, last_key)) * dims.k_row_stride;
    let k2 = k_head + (first_key_row + min(key + 2u, last_key)) * dims.k_row_stride;
    let k3 = k_head + (first_key_row + min(key + 3u, last_key)) * dims.k_row_stride;
    for (var i = 0u; i < dims.d_head; i++) {
      let keys = vec4<f32>(k[k0 + i], k[k1 + i], k[k2 + i], k[k3 + i]);
      s0 = mul_add4(vec4(q[q0 + i]), keys, s0);
      s1 = mul_add4(vec4(q[q1 + i]), keys, s1);
      s2 = mul_add4(vec4(q[q2 + i]), keys, s2);
      s3 = mul_add4(vec4(q[q3 + i]), keys, s3);
    }
  }
  store(head, plane, query, key, s0.x); store(head, plane, query, key + 1u, s0.y);
  store(head, plane, query, key + 2u, s0.z); store(head, plane, query, key + 3u, s0.w);
  store(head, plane, query + 1u, key, s1.x); store(head, plane, query + 1u, key + 1u, s1.y);
  store(head, plane, query + 1u, key + 2u, s1.z); store(head, plane, query + 1u, key + 3u, s1.w);
  store(head, plane, query + 2u, key, s2.x); store(head, plane, query + 2u, key + 1u, s2.y);
  store(head, plane, query + 2u, key + 2u, s2.z); store(head, plane, query + 2u, key + 3u, s2.w);
  store(head, plane, query + 3u, key, s3.x); store(head, plane, query + 3u, key + 1u, s3.y);
  store(head, plane, query + 3u, key + 2u, s3.z); store(head, plane, query + 3u, key + 3u, s3.w);
}
