// y = x·W + b in canonical order (shared/product.wgsl), by quads as in matmulQuad.wgsl, two chunks of k a turn and up to 64 rows: half
// as many turns, at each of which a software adapter blends every sum with itself under a mask, and half as many loads of W a row.
// Takes two to four times as long to compile; for products that earn it back (productPlan.ts). ⌈K/4⌉ must be even.
//
// Needs subgroups. A quad's four panels must read the same input. Twin: reference/matmul.ts.

override tile_rows: u32 = 64u; // 32 or 64
override workgroup_panels: u32 = 4u;

alias Tile = array<Row, 64>;

struct Inputs { // of one row, to both chunks
  first: vec4<f32>,
  second: vec4<f32>,
}

struct Weights {
  first: Chunk,
  second: Chunk,
}

fn row_steps(sum: Row, v: Inputs, w: Weights) -> Row {
  let a = w.first;
  let b = w.second;
  return Row(
    columns_step(columns_step(sum.lo, v.first, a[0], a[2], a[4], a[6]), v.second, b[0], b[2], b[4], b[6]),
    columns_step(columns_step(sum.hi, v.first, a[1], a[3], a[5], a[7]), v.second, b[1], b[3], b[5], b[7]),
  );
}

fn rows_steps(sum: Rows, v: Inputs, w: Weights) -> Rows {
  return Rows(
    row_steps(sum.own, v, w),
    row_steps(sum.across, Inputs(quadSwapX(v.first), quadSwapX(v.second)), w),
    row_steps(sum.down, Inputs(quadSwapY(v.first), quadSwapY(v.second)), w),
    row_steps(sum.diagonal, Inputs(quadSwapDiagonal(v.first), quadSwapDiagonal(v.second)), w),
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
  let mine = row + place;
  let x0 = input_at(mine, panel); let x1 = input_at(mine + 4u, panel);
  let x2 = input_at(mine + 8u, panel); let x3 = input_at(mine + 12u, panel);
  let x4 = input_at(mine + 16u, panel); let x5 = input_at(mine + 20u, panel);
  let x6 = input_at(mine + 24u, panel); let x7 = input_at(mine + 28u, panel);
  let x8 = input_at(mine + 32u, panel); let x9 = input_at(mine + 36u, panel);
  let x10 = input_at(mine + 40u, panel); let x11 = input_at(mine + 44u, panel);
  let x12 = input_at(mine + 48u, panel); let x13 = input_at(mine + 52u, panel);
  let x14 = input_at(mine + 56u, panel); let x15 = input_at(mine + 60u, panel);
  var s0: Rows; var s1: Rows; var s2: Rows; var s3: Rows; var s4: Rows; var s5: Rows; var s6: Rows; var s7: Rows;
  var s8: Rows; var s9: Rows; var s10: Rows; var s11: Rows; var s12: Rows; var s13: Rows; var s14: Rows; var s15: Rows;
  let w_at = first_chunk(panel);
  for (var step = 0u; step < dims.chunks; step += 2u) {
    let a = chunk_of(step);
    let b = chunk_of(step + 1u);
    let w = Weights(chunk_at(w_at + a), chunk_at(w_at + b));
    s0 = rows_steps(s0, Inputs(x_at(x0 + a), x_at(x0 + b)), w);
    s1 = rows_steps(s1, Inputs(x_at(x1 + a), x_at(x1 + b)), w);
    s2 = rows_steps(s2, Inputs(x_at(x2 + a), x_at(x2 + b)), w);
    s3 = rows_steps(s3, Inputs(x_at(x3 + a), x_at(x3 + b)), w);
    s4 = rows_steps(s4, Inputs(x_at(x4 + a), x_at(x4 + b)), w);
    s5 = rows_steps(s5, Inputs(x_at(x5 + a), x_at(x5 + b)), w);
    s6 = rows_steps(s6, Inputs(x_at(x6 + a), x_at(x6 + b)), w);
    s7 = rows_steps(s7, Inputs(x_at(x7 + a), x_at(x7 + b)), w);
    if (tile_rows > 32u) {
      s8 = rows_steps(s8, Inputs(x_at(x8 + a), x_at(x8 + b)), w);
      s9 = rows_steps(s9, Inputs(x_at(x9 + a), x_at(x9 + b)), w);
      s10 = rows_steps(s10, Inputs(x_at(x10 + a), x_at(x10 + b)), w);
      s11 = rows_steps(s11, Inputs(x_at(x11 + a), x_at(x11 + b)), w);
      s12 = rows_steps(s12, Inputs(x_at(x12 + a), x_at(x12 + b)), w);
      s13 = rows_steps(s13, Inputs(x_at(x13 + a), x_at(x13 + b)), w);
      s14 = rows_steps(s14, Inputs(x_at(x14 + a), x_at(x14 + b)), w);
      s15 = rows_steps(s15, Inputs(x_at(x15 + a), x_at(x15 + b)), w);
    }
  }
  var tile: Tile;
  put(&tile, 0u, s0); put(&tile, 4u, s1); put(&tile, 8u, s2); put(&tile, 12u, s3);
  put(&tile, 16u, s4); put(&tile, 20u, s5); put(&tile, 24u, s6); put(&tile, 28u, s7);
  if (tile_rows > 32u) {
    put(&tile, 32u, s8); put(&tile, 36u, s9); put(&tile, 40u, s10); put(&tile, 44u, s11);
    put(&tile, 48u, s12); put(&tile, 52u, s13); put(&tile, 56u, s14); put(&tile, 60u, s15);
  }
  store_tile(&tile, row, place, wanted);
}
