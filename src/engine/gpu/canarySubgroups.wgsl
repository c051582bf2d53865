// y[0] = invocations in a subgroup of this kernel. y: [1]; another kernel may be compiled for another width.
enable subgroups;
struct Dims { zero: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_size) size: u32) {
  if (id.x == dims.zero) {
    y[0] = f32(size);
  }
}
