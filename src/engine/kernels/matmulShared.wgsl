// y = x·W + b in canonical order (shared/product.wgsl), by tiles staged through workgroup memory: 32 rows × 64 columns a workgroup,
// sixteen k at a time; each invocation owns 4 rows of one panel and walks k upwards. For GPUs, where memory is far and a barrier
// cheap; on a software adapter a barrier is dear and matmulQuad.wgsl is the kernel.
//
// The eight panels of a workgroup must read the same input. All stay for the barriers: who has no panel goes along and stores nothing.
// After "matrix multiplication" in NVIDIA's CUDA C++ Programming Guide, 3.2.4. Twin: reference/matmul.ts.

const PANELS: u32 = 8u; // a workgroup's, one an invocation across
const TILES: u32 = 8u; // of 4 rows, one an invocation down
const STAGE: u32 = 4u; // chunks at a time
const INVOCATIONS: u32 = PANELS * TILES;

var<workgroup> x_stage: array<array<vec4<f32>, STAGE>, TILES * 4u>; // [row][chunk]
var<workgroup> w_stage: array<array<Chunk, PANELS>, STAGE>; // [chunk][panel]

@compute @workgroup_size(PANELS, TILES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let first_panel = group.x * PANELS;
  let first_row = group.y * TILES * 4u;
  let tile = local.y * 4u;
  var s0: Row; var s1: Row; var s2: Row; var s3: Row;
  for (var first = 0u; first < dims.chunks; first += STAGE) {
    let staged = min(STAGE, dims.chunks - first);
    for (var i = index; i < TILES * 4u * staged; i += INVOCATIONS) {
      let row = i / staged;
      x_stage[row][i % staged] = x_at(input_at(first_row + row, first_panel) + chunk_of(first + i % staged));
    }
    for (var i = index; i < PANELS * staged; i += INVOCATIONS) {
      let panel = min(first_panel + i / staged, dims.panels - 1u);
      w_stage[i % staged][i / staged] = chunk_at(first_chunk(panel) + chunk_of(first + i % staged));
    }
    workgroupBarrier();
    for (var step = 0u; step < staged; step++) {
      let weights = w_stage[step][local.x];
      s0 = row_step(s0, x_stage[tile][step], weights);
      s1 = row_step(s1, x_stage[tile + 1u][step], weights);
      s2 = row_step(s2, x_stage[tile + 2u][step], weights);
      s3 = row_step(s3, x_stage[tile + 3u][step], weights);
    }
    workgroupBarrier();
  }
  let panel = first_panel + local.x;
  let row = first_row + tile;
  store(row, panel, s0);
  store(row + 1u, panel, s1);
  store(row + 2u, panel, s2);
  store(row + 3u, panel, s3);
}
