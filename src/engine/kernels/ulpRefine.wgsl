// A closer histogram of ULP distances for two ranks at once (median and p99): of the elements from low_r up, 2^shift_r to a bin.
//
//   a, b [n elements, each with strides of its own] · windows [pairs] · histograms [pairs that count side by side, 2, FINE_BINS]
//
// A workgroup takes `chunk` consecutive elements, its lanes in turn. Twin: analysis/compare.ts, which sorts.

override lanes: u32 = 64u;

const FINE_BINS: u32 = 1024u;

override local_bins: u32 = 2u * FINE_BINS; // 1: in storage at once, as in ulpHistogram.wgsl

struct Windows {
  median: vec2<u32>, // (low, shift)
  p99: vec2<u32>,
  place: u32, // where the pair's two histograms begin
}

@group(0) @binding(3) var<storage, read> windows: array<Windows>;
@group(0) @binding(4) var<storage, read_write> histograms: array<atomic<u32>>;

var<workgroup> histogram: array<atomic<u32>, local_bins>;

fn file(ulp: u32, low: u32, shift: u32, first_bin: u32) {
  let bin = (ulp - low) >> shift;
  if (ulp >= low && bin < FINE_BINS) {
    if (local_bins == 1u) {
      atomicAdd(&histograms[windows[dims.pair].place + first_bin + bin], 1u);
    } else {
      atomicAdd(&histogram[first_bin + bin], 1u);
    }
  }
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  let window = vec4(windows[dims.pair].median, windows[dims.pair].p99);
  for (var at = first + 4u * lane; at < end; at += 4u * lanes) {
    let four = load(at, end);
    let counted = (four.a != four.b) & !are_nan(four.a) & !are_nan(four.b);
    let ulp = ulp_distances(four.a, four.b);
    let in_first = ((ulp - window.x) >> vec4(window.y)) < vec4(FINE_BINS); // below the window wraps around, far beyond it
    let in_second = ((ulp - window.z) >> vec4(window.w)) < vec4(FINE_BINS);
    while (any(counted & (in_first | in_second))) {
      for (var k = 0u; k < 4u; k++) {
        if (counted[k]) {
          file(ulp[k], window.x, window.y, 0u);
          file(ulp[k], window.z, window.w, FINE_BINS);
        }
      }
      break;
    }
  }
  workgroupBarrier();
  for (var bin = lane; local_bins > 1u && bin < 2u * FINE_BINS; bin += lanes) {
    let count = atomicLoad(&histogram[bin]);
    if (count > 0u) {
      atomicAdd(&histograms[windows[dims.pair].place + bin], count);
    }
  }
}
