// What ulpSelect.wgsl finds, one invocation a search, from the first bin on and no further than needed: most ranks lie among the first
// few hundred bins. For a software adapter, where lanes that add up bins together cost more than they spare.
//
//   searches [s] of (offset, bins, rank from 1, 0), offset and bins multiples of 4 · histograms [all bins] · found [s]
//
// Twin: analysis/compare.ts, which sorts.

override lanes: u32 = 4u;

struct Dims {
  first: u32, // of the searches that are answered
  searches: u32, // how many these are
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> searches: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> histograms: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> found: array<vec2<u32>>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= dims.searches) {
    return;
  }
  let search = searches[dims.first + id.x];
  let first = search.x / 4u;
  var before = 0u;
  var quad = 0u;
  var four = histograms[first];
  var next = dot(four, vec4(1u));
  while (next < search.z && quad + 1u < search.y / 4u) {
    before = next;
    quad++;
    four = histograms[first + quad];
    next += dot(four, vec4(1u));
  }
  var bin = 4u * quad;
  for (var k = 0u; k < 4u; k++) {
    let is_before = before + four[k] < search.z && bin == 4u * quad + k;
    before += select(0u, four[k], is_before);
    bin += u32(is_before);
  }
  found[dims.first + id.x] = vec2(bin, before); // behind the last bin: there are not as many elements
}
