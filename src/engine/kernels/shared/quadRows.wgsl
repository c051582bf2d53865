// The sums of a quad's invocation: one row of its own, and those whose inputs its three neighbours swap in (matmulQuad.wgsl).

struct Rows { // of four rows: what each swap brings
  own: Row,
  across: Row,
  down: Row,
  diagonal: Row,
}

// Tile is an array of as many rows as the kernel's highest tile has.
fn put(tile: ptr<function, Tile>, first_row: u32, sum: Rows) {
  (*tile)[first_row] = sum.own;
  (*tile)[first_row + 1u] = sum.across;
  (*tile)[first_row + 2u] = sum.down;
  (*tile)[first_row + 3u] = sum.diagonal;
}

// A loop: what is written out for each row is compiled for each row, and was half of what a product took to compile.
fn store_tile(tile: ptr<function, Tile>, first_row: u32, place: u32, panel: u32) {
  for (var i = 0u; i < tile_rows; i++) {
    store(first_row + (i & ~3u) + ((i & 3u) ^ place), panel, (*tile)[i]);
  }
}
