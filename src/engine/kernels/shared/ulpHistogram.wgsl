// A histogram of ULP distances: those below EXACT_BINS a bin each, then 64 bins an octave. A GPU counts in its workgroup's memory and
// adds that up at the end. A software adapter, which writes every word of such memory by code of its own (seconds to compile) and has
// no dear way to the rest, counts in storage at once: `local_bins` is 1 there.

const BINS: u32 = 2432u;
const EXACT_BINS: u32 = 1024u;
const FIRST_OCTAVE: u32 = 8704u; // 512 as f32, less its last 17 bits: exponent and six bits behind it

override local_bins: u32 = BINS;

@group(0) @binding(5) var<storage, read_write> histograms: array<atomic<u32>>;

var<workgroup> histogram: array<atomic<u32>, local_bins>;

/** The bins of four distances. Half of one as f32 has its octave in front; what rounding could carry into that is cleared first. */
fn bins_of(ulp: vec4<u32>) -> vec4<u32> {
  let half = ulp >> vec4(1u); // below 2³¹, whose conversion is one instruction
  let octave = bitcast<vec4<u32>>(vec4<f32>(vec4<i32>(half & ~(half >> vec4(8u))))) >> vec4(17u);
  return select(octave - (FIRST_OCTAVE - EXACT_BINS), ulp, ulp < vec4(EXACT_BINS));
}

fn count(bin: u32, elements: u32) {
  if (local_bins == 1u) {
    atomicAdd(&histograms[dims.pair * BINS + bin], elements);
  } else {
    atomicAdd(&histogram[bin], elements);
  }
}

/** Adds the workgroup's counts to the pair's, once all lanes have counted. */
fn add_up_counts(lane: u32) {
  for (var bin = lane; local_bins > 1u && bin < BINS; bin += lanes) {
    let elements = atomicLoad(&histogram[bin]);
    if (elements > 0u) {
      atomicAdd(&histograms[dims.pair * BINS + bin], elements);
    }
  }
}
