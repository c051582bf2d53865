// y = x·W + b in canonical order (shared/product.wgsl), by register tiles: one invocation owns tile_rows × 8 outputs. No shared
// memory, no barrier, nothing asked of the adapter: the kernel for adapters without subgroups, and for few rows.
// After the register tiles of BLIS (Van Zee & van de Geijn, 2015). Twin: reference/matmul.ts.

override tile_rows: u32 = 8u; // 1, 2, 4 or 8
override workgroup_panels: u32 = 4u;
override workgroup_tiles: u32 = 1u;

@compute @workgroup_size(workgroup_panels, workgroup_tiles)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let panel = id.x;
  let row = id.y * tile_rows;
  if (panel >= dims.panels || row >= dims.rows) {
    return;
  }
  let x0 = input_at(row, panel);
  let x1 = input_at(row + 1u, panel);
  let x2 = input_at(row + 2u, panel);
  let x3 = input_at(row + 3u, panel);
  let x4 = input_at(row + 4u, panel);
  let x5 = input_at(row + 5u, panel);
  let x6 = input_at(row + 6u, panel);
  let x7 = input_at(row + 7u, panel);
  var s0: Row; var s1: Row; var s2: Row; var s3: Row;
  var s4: Row; var s5: Row; var s6: Row; var s7: Row;
  let w_at = first_chunk(panel);
  for (var step = 0u; step < dims.chunks; step++) {
    let chunk = chunk_of(step);
    let weights = chunk_at(w_at + chunk);
    s0 = row_step(s0, x_at(x0 + chunk), weights);
    if (tile_rows > 1u) {
      s1 = row_step(s1, x_at(x1 + chunk), weights);
    }
    if (tile_rows > 2u) {
      s2 = row_step(s2, x_at(x2 + chunk), weights);
      s3 = row_step(s3, x_at(x3 + chunk), weights);
    }
    if (tile_rows > 4u) {
      s4 = row_step(s4, x_at(x4 + chunk), weights);
      s5 = row_step(s5, x_at(x5 + chunk), weights);
      s6 = row_step(s6, x_at(x6 + chunk), weights);
      s7 = row_step(s7, x_at(x7 + chunk), weights);
    }
  }
  store(row, panel, s0);
  if (tile_rows > 1u) { store(row + 1u, panel, s1); }
  if (tile_rows > 2u) { store(row + 2u, panel, s2); store(row + 3u, panel, s3); }
  if (tile_rows > 4u) {
    store(row + 4u, panel, s4); store(row + 5u, panel, s5);
    store(row + 6u, panel, s6); store(row + 7u, panel, s7);
  }
}
