// pattern[row, k] = exp(s_k − max) / Σ exp(s − max) over the keys that the row's query sees; exactly 0 elsewhere.
// The sum is in ascending key order by one invocation, over seen keys alone: a longer prompt changes no bit of an earlier row.
//
//   scores, pattern [planes·n_query, key_stride]; queries are the last n_query of n_key positions (attnScores.wgsl)
//
// A workgroup a row, or an invocation a row: by plan (rowPlan.ts). Two passes (maximum, then sum), as PyTorch's. Twin: reference/softmax.ts.

override lanes: u32 = 64u; // of a row
override workgroup_rows: u32 = 1u;

struct Dims {
  rows: u32,
  workgroups_x: u32,
  n_query: u32,
  n_key: u32,
  key_stride: u32, // elements of a row
  window: u32, // keys a query sees, itself included; 0: all before it
  unmasked: u32, // 1: the scores were edited, and every one that is not −∞ counts
  zero: u32, // shared/arithmetic.wgsl
}

const MINUS_INFINITY_BITS: u32 = 0xff800000u;
const LOWEST: f32 = -0x1.fffffep+127f;

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> scores: array<u32>; // as bits, since WGSL may assume infinities absent
@group(0) @binding(2) var<storage, read_write> pattern: array<f32>;

var<workgroup> lane_max: array<f32, lanes * workgroup_rows>;
var<workgroup> row_maxima: array<f32, workgroup_rows>;
var<workgroup> row_sums: array<f32, workgroup_rows>;

// A score as a candidate for the row's maximum.
fn score_at(at: u32) -> f32 {
  let score = scores[at];
  return select(bitcast<f32>(score), LOWEST, score == MINUS_INFINITY_BITS);
}

fn divide(at: u32, row_sum: f32) {
  pattern[at] = stored(quotient(pattern[at], row_sum));
}

@compute @workgroup_size(lanes, workgroup_rows)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let lane = local.x;
  let own = local.y; // of the workgroup's rows
  let row = (group.y * dims.workgroups_x + group.x) * workgroup_rows + own;
  let exists = row < dims.rows;
  let query = dims.n_key - dims.n_query + row % dims.n_query; // its position
  let is_open = dims.unmasked > 0u;
  let first = select(0u, query + 1u - min(dims.window, query + 1u), dims.window > 0u && !is_open);
  let last = select(query, dims.n_key - 1u, is_open);
  let at = row * dims.key_stride;
  if (exists) {
    var largest = LOWEST;
    var k = first + lane;
    for (; k + 3u * lanes <= last; k += 4u * lanes) {
      largest = max(max(score_at(at + k), score_at(at + k + lanes)), largest);
      largest = max(max(score_at(at + k + 2u * lanes), score_at(at + k + 3u * lanes)), largest);
    }
    for (; k <= last; k += lanes) {
      largest = max(largest, score_at(at + k));
    }
    lane_max[own * lanes + lane] = largest;
  }
  if (lanes > 1u) {
    workgroupBarrier();
  }
  if (lane == 0u && exists) {
    var largest = lane_max[own * lanes];
    for (var i = 1u; i < lanes; i++) {
      largest = max(largest, lane_max[own * lanes + i]);
    }
    row_maxima[own] = largest;
  }
  if (lanes > 1u) {
    workgroupBarrier();
  }
  var sum = 0.0;
  if (exists) {
    let row_max = row_maxima[own];
    for (var k = lane; k < dims.n_key; k += lanes) {
      let score = scores[at + k];
      var power = 0.0;
      if (k >= first && k <= last && score != MINUS_INFINITY_BITS) {
        power = exp_f32(bitcast<f32>(score) - row_max);
      }
      pattern[at + k] = power;
      sum += power; // of the whole row where one invocation walks it: what is not seen adds nothing
    }
  }
  if (lanes > 1u) {
    storageBarrier();
  }
  if (lane == 0u && exists) {
    if (lanes > 1u) {
      sum = 0.0;
      for (var k = first; k <= last; k++) {
        sum += pattern[at + k];
      }
    }
    row_sums[own] = sum;
  }
  if (lanes > 1u) {
    workgroupBarrier();
  }
  if (exists) {
    let row_sum = row_sums[own];
    var k = first + lane;
    for (; k + 3u * lanes <= last; k += 4u * lanes) {
      divide(at + k, row_sum);
      divide(at + k + lanes, row_sum);
      divide(at + k + 2u * lanes, row_sum);
      divide(at + k + 3u * lanes, row_sum);
    }
    for (; k <= last; k += lanes) {
      divide(at + k, row_sum);
    }
  }
}
