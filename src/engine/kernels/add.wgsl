// sum = a + b, element by element: the residual stream takes what a block adds to it.
//
//   a, b, sum [rows, d], all laid out alike, rows of whole vec4s
//
// One invocation a vec4, padding included (0 + 0 = 0). Twin: reference/add.ts.

struct Dims {
  vec4s: u32,
  invocations_x: u32, // per row of the dispatch
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> sum: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * dims.invocations_x + id.x;
  if (i < dims.vec4s) {
    sum[i] = stored4(a[i] + b[i]);
  }
}
