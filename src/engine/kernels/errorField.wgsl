// Counts a pair's elements by |a| and |b − a|, between given edges of either.
//
//   a, b [n elements, each with strides of its own] · edges: how many there are of |a|, how many of |b − a|, then both in ascending
//   order, f32 bits · cells [edges of |b − a| + 1, edges of |a| + 1], then those whose gap is 0, then those where a is 0 or one of the
//   two is not finite
//
// A workgroup takes `chunk` consecutive elements, its lanes four at a time. Twin: analysis/differenceShape.ts.

override lanes: u32 = 64u;

@group(0) @binding(3) var<storage, read> edges: array<u32>;
@group(0) @binding(4) var<storage, read_write> cells: array<atomic<u32>>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  let columns = edges[0] + 1u;
  let equal_cell = columns * (edges[1] + 1u);
  var equal = 0u;
  for (var at = first + 4u * lane; at < end; at += 4u * lanes) {
    let four = load(at, end);
    for (var k = 0u; k < min(4u, end - at); k++) {
      let size = four.a[k] & MAGNITUDE;
      let gap = gap_as_f32(exact_gap(four.a[k], four.b[k]));
      if (gap == 0u) {
        equal += 1u;
      } else if (size == 0u || size >= EXPONENT || gap >= EXPONENT) {
        atomicAdd(&cells[equal_cell + 1u], 1u);
      } else {
        let row = edges_below(gap, 1u + columns, 1u + columns + edges[1]);
        let column = edges_below(size, 2u, 1u + columns);
        atomicAdd(&cells[row * columns + column], 1u);
      }
    }
  }
  atomicAdd(&cells[equal_cell], equal);
}

/** How many of the edges at first … end − 1 lie at or below a magnitude. */
fn edges_below(magnitude: u32, first: u32, end: u32) -> u32 {
  var low = first;
  var high = end;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (edges[middle] <= magnitude) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low - first;
}
