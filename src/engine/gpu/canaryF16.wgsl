// y[i] = x[i] through the adapter's own f16 and back. x, y: [n]. One invocation an element. Twin: tensor/bits.ts, in canaryF16.ts.
enable f16;
struct Dims { n: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < dims.n) {
    y[id.x] = f32(f16(x[id.x]));
  }
}
