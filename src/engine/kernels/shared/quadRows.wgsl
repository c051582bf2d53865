// The sums of a quad's invocation: one row of its own, and those whose inputs its three neighbours swap in (matmulQuad.wgsl).

struct Rows { // of four rows: what each swap brings
  own: Row,
  across: Row,
  down: Row,
  diagonal: Row,
}

fn store_rows(first_row: u32, place: u32, panel: u32, sum: Rows) {
  store(first_row + place, panel, sum.own);
  store(first_row + (place ^ 1u), panel, sum.across);
  store(first_row + (place ^ 2u), panel, sum.down);
  store(first_row + (place ^ 3u), panel, sum.diagonal);
}
