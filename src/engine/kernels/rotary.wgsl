// Rotary position embedding: each pair (x₁, x₂) of a head turns by an angle of its position,
//   y₁ = x₁·cos − x₂·sin,  y₂ = x₂·cos + x₁·sin,
// pairs (i, i + rotary_dim/2) or, `interleaved`, (2i, 2i+1); the rest of d_head passes through. The table comes from the CPU
// (WGSL's sin and cos promise 2⁻¹¹ on [−π, π] and nothing outside).
//
//   x, y [rows, heads, d_head], rows = batch × n_pos · table [positions, rotary_dim/2] of (cos, sin)
//
// One invocation a pair, or an element that passes through. Su et al. 2021, equation 34; NeoX and GPT-J for the two pairings. Twin: reference/rotary.ts.

override interleaved: bool = false;

struct Dims {
  rows: u32,
  n_pos: u32,
  heads: u32,
  d_head: u32,
  rotary_dim: u32,
  x_row_stride: u32,
  x_head_stride: u32,
  x_offset: u32,
  y_row_stride: u32,
  first_position: u32, // of each batch element's rows
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// a·cos + b·sin: one operation in f32, three in a narrower type, as transformers' apply_rotary_pos_emb.
fn turned(a: f32, cosine: f32, b: f32, sine: f32) -> f32 {
  if (rounding == 0u) {
    return mul_add(a, cosine, product(b, sine));
  }
  return stored(stored(product(a, stored(cosine))) + stored(product(b, stored(sine))));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  let pairs = dims.rotary_dim / 2u;
  let per_head = dims.d_head - pairs; // pairs, then what passes through
  if (id.x >= dims.heads * per_head || row >= dims.rows) {
    return;
  }
  let i = id.x % per_head;
  let head = id.x / per_head;
  let x_at = dims.x_offset + row * dims.x_row_stride + head * dims.x_head_stride;
  let y_at = row * dims.y_row_stride + head * dims.d_head;
  if (i >= pairs) {
    y[y_at + pairs + i] = x[x_at + pairs + i];
    return;
  }
  let first = select(i, i * 2u, interleaved);
  let second = select(i + pairs, i * 2u + 1u, interleaved);
  let turn = table[(dims.first_position + row % dims.n_pos) * pairs + i];
  let x1 = x[x_at + first];
  let x2 = x[x_at + second];
  y[y_at + first] = turned(x1, turn.x, x2, -turn.y);
  y[y_at + second] = turned(x2, turn.x, x1, turn.y);
}
