// Finds the bin of a histogram that holds the element of a given rank: found[s] = (bin, how many elements lie in the bins before it).
// Where the histogram holds fewer elements than that (the rest are infinitely far: NaN), bin is the number of bins.
//
//   searches [s] of (offset, bins, rank from 1, 0), offset and bins multiples of 4 · histograms [all bins] · found [s]
//
// One workgroup a search: lanes add up a stretch of bins each, one lane finds the stretch, then the bin. Where the first bin holds the
// element, as in tensors whose bits are all equal, nobody adds up anything.
// Twin: analysis/compare.ts, which sorts.

override lanes: u32 = 64u;

struct Dims {
  first: u32, // of the searches that are answered
  searches: u32, // how many these are
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> searches: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> histograms: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> found: array<vec2<u32>>;

var<workgroup> stretch_sums: array<u32, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let exists = group.x < dims.searches;
  let search = searches[dims.first + min(group.x, dims.searches - 1u)];
  let quads = search.y / 4u;
  let stretch = (quads + lanes - 1u) / lanes;
  let first = search.x / 4u;
  var sums = vec4(0u);
  if (histograms[first].x < search.z) {
    for (var quad = lane * stretch; quad < min(quads, (lane + 1u) * stretch); quad++) {
      sums += histograms[first + quad];
    }
  }
  stretch_sums[lane] = dot(sums, vec4(1u));
  workgroupBarrier();
  if (lane != 0u || !exists) {
    return;
  }
  if (histograms[first].x >= search.z) {
    found[dims.first + group.x] = vec2(0u, 0u);
    return;
  }
  var before = 0u;
  var at = 0u;
  while (at < lanes && before + stretch_sums[at] < search.z) {
    before += stretch_sums[at];
    at++;
  }
  var quad = at * stretch;
  while (quad < quads && before + dot(histograms[first + quad], vec4(1u)) < search.z) {
    before += dot(histograms[first + quad], vec4(1u));
    quad++;
  }
  var bin = 4u * quad;
  while (bin < search.y && before + histograms[first + quad][bin & 3u] < search.z) {
    before += histograms[first + quad][bin & 3u];
    bin++;
  }
  found[dims.first + group.x] = vec2(min(bin, search.y), before);
}
