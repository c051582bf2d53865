// x ← fma(x, a, b), over and over: the multiply-adds a second that this adapter can do at all, nothing loaded and nothing stored
// meanwhile. Chains of vec4s do not wait for each other; the steps written out in each turn of the loop make its counter cheap. How many
// chains suit an adapter depends on its registers and pipelines, so there are two shapes of 16 multiply-adds of a vec4 a turn, and the
// faster one is the peak. One invocation: STEPS · 16 · 4 multiply-adds. a and b come from a uniform, so that nothing is known when it is
// compiled.
struct Dims { a: f32, b: f32, unused0: f32, unused1: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>; // [invocations]: what is stored cannot be left out

override STEPS: u32 = 64u; // turns of the loop

@compute @workgroup_size(64)
fn two_chains(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) {
    return;
  }
  let a = vec4f(dims.a);
  let b = vec4f(dims.b);
  var x0 = vec4f(f32(id.x));
  var x1 = x0 + 1.0;
  for (var step = 0u; step < STEPS; step++) {
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
  }
  sums[id.x] = x0 + x1;
}

@compute @workgroup_size(64)
fn four_chains(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) {
    return;
  }
  let a = vec4f(dims.a);
  let b = vec4f(dims.b);
  var x0 = vec4f(f32(id.x));
  var x1 = x0 + 1.0;
  var x2 = x0 + 2.0;
  var x3 = x0 + 3.0;
  for (var step = 0u; step < STEPS; step++) {
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x2 = fma(x2, a, b);
    x3 = fma(x3, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x2 = fma(x2, a, b);
    x3 = fma(x3, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x2 = fma(x2, a, b);
    x3 = fma(x3, a, b);
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x2 = fma(x2, a, b);
    x3 = fma(x3, a, b);
  }
  sums[id.x] = x0 + x1 + x2 + x3;
}

// The plain loop: four chains again, and nothing written out, so that each turn pays for the loop itself. Not a peak: what products are
// measured against elsewhere, told beside it. One invocation: STEPS · 4 · 4 multiply-adds.
@compute @workgroup_size(64)
fn plain_loop(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) {
    return;
  }
  let a = vec4f(dims.a);
  let b = vec4f(dims.b);
  var x0 = vec4f(f32(id.x));
  var x1 = x0 + 1.0;
  var x2 = x0 + 2.0;
  var x3 = x0 + 3.0;
  for (var step = 0u; step < STEPS; step++) {
    x0 = fma(x0, a, b);
    x1 = fma(x1, a, b);
    x2 = fma(x2, a, b);
    x3 = fma(x3, a, b);
  }
  sums[id.x] = x0 + x1 + x2 + x3;
}
