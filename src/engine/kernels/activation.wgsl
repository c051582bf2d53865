// post = act(pre), element by element; with `gated`, post = act(pre) · pre_linear (Shazeer 2020, "GLU variants").
//
//   pre, pre_linear, post [rows, d_mlp], all laid out alike
//
// One invocation an element, padding included (act(0) = 0). Twin: reference/activation.ts and gatedActivation.ts.

override activation: u32 = 0u; // of shared/activations.wgsl
override gated: bool = false;

struct Dims {
  elements: u32,
  invocations_x: u32, // per row of the dispatch
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> pre: array<f32>;
@group(0) @binding(2) var<storage, read> pre_linear: array<f32>;
@group(0) @binding(3) var<storage, read_write> post: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * dims.invocations_x + id.x;
  if (i >= dims.elements) {
    return;
  }
  var value = stored(activate(pre[i], activation));
  if (gated) {
    value = stored(product(value, pre_linear[i]));
  }
  post[i] = value;
}
