// A closer histogram of ULP distances for two ranks at once (median and p99): of the elements from low_r up, 2^shift_r to a bin.
//
//   a, b [n elements, each with strides of its own] · windows [pairs] of (low, shift, low, shift) · histograms [pairs, 2, FINE_BINS]
//
// A workgroup takes `chunk` consecutive elements, its lanes in turn. Twin: analysis/compare.ts, which sorts.

const FINE_BINS: u32 = 1024u;
const BINS: u32 = 2u * FINE_BINS; // of a pair

override lanes: u32 = 64u;
override local_bins: u32 = BINS; // as in compare.wgsl: the workgroup's own, or 1

@group(0) @binding(3) var<storage, read> windows: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> histograms: array<atomic<u32>>;

var<workgroup> histogram: array<atomic<u32>, local_bins>;

fn file(ulp: u32, low: u32, shift: u32, first_bin: u32) {
  if (ulp >= low && ((ulp - low) >> shift) < FINE_BINS) {
    let bin = first_bin + ((ulp - low) >> shift);
    if (local_bins == BINS) {
      atomicAdd(&histogram[bin], 1u);
    } else {
      atomicAdd(&histograms[dims.pair * BINS + bin], 1u);
    }
  }
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  let window = windows[dims.pair];
  for (var i = first + lane; i < end; i += lanes) {
    let at = place(i);
    let a = a_bits[at.x];
    let b = b_bits[at.y];
    if (a != b && !is_nan_bits(a) && !is_nan_bits(b)) {
      let ulp = ulp_distance(a, b);
      file(ulp, window.x, window.y, 0u);
      file(ulp, window.z, window.w, FINE_BINS);
    }
  }
  workgroupBarrier();
  if (local_bins == BINS) {
    for (var bin = lane; bin < BINS; bin += lanes) {
      let held = atomicLoad(&histogram[bin]);
      if (held > 0u) {
        atomicAdd(&histograms[dims.pair * BINS + bin], held);
      }
    }
  }
}
