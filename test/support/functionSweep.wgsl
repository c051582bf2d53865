// y = f(x), element by element, for the tests of shared/: f by its number. One invocation an element.

override function_number: u32 = 0u;

struct Dims {
  elements: u32,
  invocations_x: u32, // per row of the dispatch
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn value_of(a: f32) -> f32 {
  switch (function_number) {
    case 0u: { return exp_f32(a); }
    case 1u: { return tanh_f32(a); }
    case 2u: { return erf_f32(a); }
    case 3u: { return quotient(1.0, a); }
    case 4u: { return square_root(a); }
    case 5u: { return quotient(1.0, square_root(a)); }
    case 6u: { return product(a, a); }
    default: { return stored(a); }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * dims.invocations_x + id.x;
  if (i < dims.elements) {
    y[i] = value_of(x[i]);
  }
}
