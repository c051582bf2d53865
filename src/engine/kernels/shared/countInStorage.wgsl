// Every lane counts in storage and hands in a tally of its own: without a barrier and without workgroup memory, which a software adapter
// pays for at each workgroup. Takes turns with countInWorkgroup.wgsl.

@group(0) @binding(6) var<storage, read_write> tallies: array<Tally>; // lanes of all workgroups
@group(0) @binding(7) var<storage, read_write> histograms: array<atomic<u32>>;

fn count(bin: u32, elements: u32) {
  atomicAdd(&histograms[dims.histogram * bins + bin], elements);
}

fn hand_in(workgroup: u32, lane: u32, tally: Tally) {
  tallies[(dims.first_partial + workgroup) * lanes + lane] = tally;
}
