// Finds the bin of a histogram that holds the element of a given rank: found[s] = (bin, how many elements lie in the bins before it).
// Where the histogram holds fewer elements than that (the rest are infinitely far: NaN), bin is the number of bins.
//
//   searches [s] of (offset, bins, rank from 1, 0) · histograms [all bins] · found [s]
//
// One workgroup a search: lanes add up a stretch of bins each, one lane finds the stretch, then the bin.
// Twin: analysis/compare.ts, which sorts.

override lanes: u32 = 64u;

struct Dims {
  searches: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> searches: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> histograms: array<u32>;
@group(0) @binding(3) var<storage, read_write> found: array<vec2<u32>>;

var<workgroup> stretch_sums: array<u32, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let exists = group.x < dims.searches;
  let search = searches[min(group.x, dims.searches - 1u)];
  let stretch = (search.y + lanes - 1u) / lanes;
  var sum = 0u;
  for (var bin = lane * stretch; bin < min(search.y, (lane + 1u) * stretch); bin++) {
    sum += histograms[search.x + bin];
  }
  stretch_sums[lane] = sum;
  workgroupBarrier();
  if (lane != 0u || !exists) {
    return;
  }
  var before = 0u;
  var at = 0u;
  while (at < lanes && before + stretch_sums[at] < search.z) {
    before += stretch_sums[at];
    at++;
  }
  var bin = at * stretch;
  while (bin < search.y && before + histograms[search.x + bin] < search.z) {
    before += histograms[search.x + bin];
    bin++;
  }
  found[group.x] = vec2(min(bin, search.y), before);
}
