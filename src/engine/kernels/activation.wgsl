// post = act(pre), element by element; with `gated`, post = act(pre) · pre_linear (Shazeer 2020, "GLU variants").
//
//   pre, pre_linear, post [rows, d_mlp], all laid out alike, rows of whole vec4s
//
// One invocation a vec4, padding included (act(0) = 0). Twin: reference/activation.ts and gatedActivation.ts.

override activation: u32 = 0u; // of shared/activations.wgsl
override gated: bool = false;

struct Dims {
  vec4s: u32,
  invocations_x: u32, // per row of the dispatch
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> pre: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> pre_linear: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> post: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * dims.invocations_x + id.x;
  if (i >= dims.vec4s) {
    return;
  }
  let x = pre[i];
  var value = stored4(vec4<f32>(
    activate(x.x, activation), activate(x.y, activation), activate(x.z, activation), activate(x.w, activation),
  ));
  if (gated) {
    value = stored4(product4(value, pre_linear[i]));
  }
  post[i] = value;
}
