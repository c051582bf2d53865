// Counts a pair's elements by their distance in ULP (equal, 1, 2, 3–4, 5–8 …), and finds the smallest and the largest finite gap.
//
//   a, b [n elements, each with strides of its own] · tally: ULP_BINS counts, then NaN against a number, the largest gap as f32 and
//   the complement of the smallest that is not 0
//
// A workgroup takes `chunk` consecutive elements, its lanes four at a time. Twin: analysis/differenceShape.ts.

override lanes: u32 = 64u;

const ULP_BINS: u32 = 34u;

@group(0) @binding(3) var<storage, read_write> tally: array<atomic<u32>>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var equal = 0u;
  var largest = 0u;
  var smallest = 0u;
  for (var at = first + 4u * lane; at < end; at += 4u * lanes) {
    let four = load(at, end);
    let ulp = ulp_distances(four.a, four.b);
    let is_nan = are_nan(four.a) | are_nan(four.b);
    for (var k = 0u; k < min(4u, end - at); k++) {
      if (four.a[k] == four.b[k]) {
        equal += 1u;
        continue;
      }
      let octave = 33u - countLeadingZeros(ulp[k] - 1u); // 1 + ⌈log2⌉; 0 − 1 has no leading zero
      atomicAdd(&tally[select(select(octave, 0u, ulp[k] == 0u), ULP_BINS, is_nan[k])], 1u);
      let gap = gap_as_f32(exact_gap(four.a[k], four.b[k]));
      if (gap > 0u && gap < EXPONENT) {
        largest = max(largest, gap);
        smallest = max(smallest, ~gap);
      }
    }
  }
  atomicAdd(&tally[0], equal);
  atomicMax(&tally[ULP_BINS + 1u], largest);
  atomicMax(&tally[ULP_BINS + 2u], smallest);
}
