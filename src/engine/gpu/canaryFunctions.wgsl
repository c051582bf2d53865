// y[i] = exp(x[i]) for the first dims.n_exp elements, tanh(x[i]) for the rest, by the adapter's own functions. x, y: [n].
// One invocation an element. Twin: Math.exp and Math.tanh, in canary.ts.
struct Dims { n: u32, n_exp: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= dims.n) {
    return;
  }
  if (id.x < dims.n_exp) {
    y[id.x] = exp(x[id.x]);
  } else {
    y[id.x] = tanh(x[id.x]);
  }
}
