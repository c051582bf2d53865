// Counts a tensor's finite elements between given edges: a bin is how many of them lie at or below the element.
//
//   a [n elements, with strides of its own], b the same again · edges [EDGES] keys in ascending order · bins [EDGES + 1]
//
// A workgroup takes `chunk` consecutive elements, its lanes four at a time. Twin: analysis/statistics.ts.

override lanes: u32 = 64u;

const EDGES: u32 = 47u;

@group(0) @binding(3) var<storage, read> edges: array<u32, EDGES>;
@group(0) @binding(4) var<storage, read_write> bins: array<atomic<u32>, EDGES + 1u>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  for (var at = first + 4u * lane; at < end; at += 4u * lanes) {
    let bits = load(at, end).a;
    for (var k = 0u; k < min(4u, end - at); k++) {
      let size = bits[k] & MAGNITUDE;
      if (size < EXPONENT) {
        let x = select(bits[k], 0u, size == 0u); // −0 is 0
        atomicAdd(&bins[edges_below(key_of(x))], 1u);
      }
    }
  }
}

fn edges_below(key: u32) -> u32 {
  var low = 0u;
  var high = EDGES;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (edges[middle] <= key) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low;
}
