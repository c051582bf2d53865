// The sums of a quad's invocation in attention: four columns of its own, in four rows of which it loads one and gets the others by
// swapping, as the products do (matmulQuad.wgsl): the sum at place s of the invocation with quad place q is of row q xor s.

struct Sums {
  own: vec4<f32>,
  across: vec4<f32>,
  down: vec4<f32>,
  diagonal: vec4<f32>,
}

// Four terms of each of four columns, in order.
fn columns_run(sum: vec4<f32>, v: vec4<f32>, w: mat4x4<f32>) -> vec4<f32> {
  return vec4<f32>(
    mul_add_run(sum.x, v, w[0].x, w[0].y, w[0].z, w[0].w), mul_add_run(sum.y, v, w[1].x, w[1].y, w[1].z, w[1].w),
    mul_add_run(sum.z, v, w[2].x, w[2].y, w[2].z, w[2].w), mul_add_run(sum.w, v, w[3].x, w[3].y, w[3].z, w[3].w),
  );
}

// v: four terms of this invocation's row; w: a column each.
fn sums_run(sum: Sums, v: vec4<f32>, w: mat4x4<f32>) -> Sums {
  return Sums(
    columns_run(sum.own, v, w),
    columns_run(sum.across, quadSwapX(v), w),
    columns_run(sum.down, quadSwapY(v), w),
    columns_run(sum.diagonal, quadSwapDiagonal(v), w),
  );
}

// Four values, zeros from `valid` on: a term of zeros changes no bit of a sum that began at +0.
fn cut(values: vec4<f32>, valid: u32) -> vec4<f32> {
  return select(vec4<f32>(), values, vec4(0u, 1u, 2u, 3u) < vec4(valid));
}

// The sums of sixteen rows, one after the other…
fn rows_of(a: Sums, b: Sums, c: Sums, d: Sums) -> array<vec4<f32>, 16> {
  return array<vec4<f32>, 16>(
    a.own, a.across, a.down, a.diagonal, b.own, b.across, b.down, b.diagonal,
    c.own, c.across, c.down, c.diagonal, d.own, d.across, d.down, d.diagonal,
  );
}

// …and which row of the tile each is.
fn row_of(i: u32, place: u32) -> u32 {
  return (i & 12u) + ((i & 3u) ^ place);
}
