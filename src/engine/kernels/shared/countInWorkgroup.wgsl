// A workgroup counts in memory of its own, which is added to the pair's at the end, and hands in one tally. Takes turns with
// countInStorage.wgsl.

@group(0) @binding(6) var<storage, read_write> tallies: array<Tally>; // workgroups
@group(0) @binding(7) var<storage, read_write> histograms: array<atomic<u32>>;

var<workgroup> histogram: array<atomic<u32>, bins>;
var<workgroup> lane_tallies: array<Tally, lanes>;

fn count(bin: u32, elements: u32) {
  atomicAdd(&histogram[bin], elements);
}

fn hand_in(workgroup: u32, lane: u32, tally: Tally) {
  lane_tallies[lane] = tally;
  workgroupBarrier();
  if (lane == 0u) {
    var merged = tally;
    for (var other = 1u; other < lanes; other++) {
      merge(&merged, lane_tallies[other]);
    }
    tallies[dims.first_partial + workgroup] = merged;
  }
  for (var bin = lane; bin < bins; bin += lanes) {
    let elements = atomicLoad(&histogram[bin]);
    if (elements > 0u) {
      atomicAdd(&histograms[dims.histogram * bins + bin], elements);
    }
  }
}
