// The range of one head's matrix, which a scale of colours needs: of its finite cells whose key is not after their query.
//
//   matrix [n_pos, n_pos] from an offset on
//   ranges [matrices, 5]: keys of the lowest and the highest, smallest magnitude that is not 0, largest magnitude after the first
//     row, whether there is a NaN; before the first cell all bits, 0, all bits, 0, 0
//
// One workgroup a row, its lanes take keys in turn. Least and largest are the same in any order. Twin: analysis/pooledMatrix.ts, rangeOf.

override lanes: u32 = 64u;

struct Dims {
  n_pos: u32,
  offset: u32,
  matrix: u32, // which of the ranges is this one's
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> matrix: array<u32>;
@group(0) @binding(2) var<storage, read_write> ranges: array<atomic<u32>>;

const NONE: u32 = 0xffffffffu;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let query = group.x;
  var low = NONE; var high = 0u; var smallest = NONE; var most = 0u; var has_nan = 0u;
  for (var key = lane; key <= query; key += lanes) {
    let bits = matrix[dims.offset + query * dims.n_pos + key];
    let size = bits & MAGNITUDE;
    if (size >= EXPONENT) {
      has_nan = max(has_nan, u32(size > EXPONENT));
      continue;
    }
    low = min(low, key_of(bits));
    high = max(high, key_of(bits));
    smallest = min(smallest, select(size, NONE, size == 0u));
    most = max(most, size);
  }
  let first = dims.matrix * 5u;
  atomicMin(&ranges[first], low);
  atomicMax(&ranges[first + 1u], high);
  atomicMin(&ranges[first + 2u], smallest);
  atomicMax(&ranges[first + 3u], select(most, 0u, query == 0u));
  atomicMax(&ranges[first + 4u], has_nan);
}
