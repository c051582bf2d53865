// y = x·W + b in canonical order (shared/product.wgsl), by quads: four invocations own tile_rows rows of four panels, a panel each.
// Each loads every fourth row of x and gets the other three from its neighbours by swapping: a fourth of the loads, no barrier.
// So the sum at place 4j + s of the invocation with quad place q is of row 4j + (q xor s).
//
// Needs subgroups. A quad's four panels must read the same input. Quads stay whole: whoever has no panel goes along and stores
// nothing. On SwiftShader a subgroup is one quad. Twin: reference/matmul.ts.

override tile_rows: u32 = 16u; // 4, 8, 16 or 32
override workgroup_panels: u32 = 4u;

alias Tile = array<Row, 32>;

fn rows_step(sum: Rows, v: vec4<f32>, weights: Chunk) -> Rows {
  return Rows(
    row_step(sum.own, v, weights),
    row_step(sum.across, quadSwapX(v), weights),
    row_step(sum.down, quadSwapY(v), weights),
    row_step(sum.diagonal, quadSwapDiagonal(v), weights),
  );
}

@compute @workgroup_size(workgroup_panels)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) subgroup_place: u32,
) {
  let wanted = group.x * workgroup_panels + local;
  let panel = min(wanted, dims.panels - 1u);
  let row = group.y * tile_rows;
  let place = subgroup_place & 3u;
  let x0 = input_at(row + place, panel);
  let x1 = input_at(row + 4u + place, panel);
  let x2 = input_at(row + 8u + place, panel);
  let x3 = input_at(row + 12u + place, panel);
  let x4 = input_at(row + 16u + place, panel);
  let x5 = input_at(row + 20u + place, panel);
  let x6 = input_at(row + 24u + place, panel);
  let x7 = input_at(row + 28u + place, panel);
  var s0: Rows; var s1: Rows; var s2: Rows; var s3: Rows;
  var s4: Rows; var s5: Rows; var s6: Rows; var s7: Rows;
  let w_at = first_chunk(panel);
  for (var step = 0u; step < dims.chunks; step++) {
    let chunk = chunk_of(step);
    let weights = chunk_at(w_at + chunk);
    s0 = rows_step(s0, x_at(x0 + chunk), weights);
    if (tile_rows > 4u) {
      s1 = rows_step(s1, x_at(x1 + chunk), weights);
    }
    if (tile_rows > 8u) {
      s2 = rows_step(s2, x_at(x2 + chunk), weights);
      s3 = rows_step(s3, x_at(x3 + chunk), weights);
    }
    if (tile_rows > 16u) {
      s4 = rows_step(s4, x_at(x4 + chunk), weights);
      s5 = rows_step(s5, x_at(x5 + chunk), weights);
      s6 = rows_step(s6, x_at(x6 + chunk), weights);
      s7 = rows_step(s7, x_at(x7 + chunk), weights);
    }
  }
  var tile: Tile;
  put(&tile, 0u, s0);
  if (tile_rows > 4u) { put(&tile, 4u, s1); }
  if (tile_rows > 8u) { put(&tile, 8u, s2); put(&tile, 12u, s3); }
  if (tile_rows > 16u) { put(&tile, 16u, s4); put(&tile, 20u, s5); put(&tile, 24u, s6); put(&tile, 28u, s7); }
  store_tile(&tile, row, place, wanted);
}
