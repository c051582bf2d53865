// Many pairs of a dispatch: each workgroup looks up which it takes, and which of that pair's workgroups it is. Takes turns with onePair.wgsl.

struct Dispatched {
  first: u32, // of the dispatch's workgroups among all
}

@group(0) @binding(0) var<uniform> dispatched: Dispatched;
@group(0) @binding(4) var<storage, read> works: array<Dims>;
@group(0) @binding(5) var<storage, read> groups: array<vec2<u32>>; // (work, workgroup of it)

var<private> dims: Dims; // of the workgroup's pair

/** Takes up a workgroup's pair; gives which of the pair's workgroups it is. */
fn take_up(workgroup: u32) -> u32 {
  let place = groups[dispatched.first + workgroup];
  dims = works[place.x];
  return place.y;
}
