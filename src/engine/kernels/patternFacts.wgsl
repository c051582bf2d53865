// What must hold of a pattern whatever the weights are: per head, its largest |row sum − 1|, how many keys the scores mask, and how
// many of these have a pattern that is not exactly 0.
//
//   scores, pattern [n_heads, n_pos, n_pos] · facts [n_heads] of (bits of the largest |row sum − 1|, masked, wrong, 0)
//
// One workgroup a head, its lanes take rows in turn. Twin: none; held to softmax.ts by patternFacts.test.ts.

override lanes: u32 = 64u;

struct Dims {
  n_pos: u32,
  first_head: u32, // where this layer's facts begin
  zero: u32, // a 0 that no compiler knows
}

const MINUS_INFINITY: u32 = 0xff800000u;

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> scores: array<u32>;
@group(0) @binding(2) var<storage, read> pattern: array<u32>;
@group(0) @binding(3) var<storage, read_write> facts: array<vec4<u32>>;

var<workgroup> worst: atomic<u32>;
var<workgroup> masked: atomic<u32>;
var<workgroup> wrong: atomic<u32>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var lane_masked = 0u;
  var lane_wrong = 0u;
  var lane_worst = 0.0;
  for (var query = lane; query < dims.n_pos; query += lanes) {
    let at = (group.x * dims.n_pos + query) * dims.n_pos;
    var sum = CarefulSum(-1.0, 0.0);
    for (var key = 0u; key < dims.n_pos; key++) {
      let bits = pattern[at + key];
      let is_masked = scores[at + key] == MINUS_INFINITY;
      lane_masked += u32(is_masked);
      lane_wrong += u32(is_masked && bits != 0u);
      sum = careful_add(sum, bitcast<f32>(bits), dims.zero);
    }
    lane_worst = max(lane_worst, abs(sum.high + sum.low));
  }
  atomicMax(&worst, bitcast<u32>(lane_worst)); // numbers from 0 up are ordered as their bits
  atomicAdd(&masked, lane_masked);
  atomicAdd(&wrong, lane_wrong);
  workgroupBarrier();
  if (lane == 0u) {
    facts[dims.first_head + group.x] = vec4(atomicLoad(&worst), atomicLoad(&masked), atomicLoad(&wrong), 0u);
  }
}
