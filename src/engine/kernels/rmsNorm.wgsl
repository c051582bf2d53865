// scale = √(Σx²/d + ε), normalized = x / scale, y = normalized · (w + weight_offset).
// The sum is in ascending order, by one invocation: the same bits for every workgroup size, batch and layout.
//
//   x [rows, d] · w [d] · scale [rows, 1] · normalized [rows, d] · y [rows, d]
//
// A workgroup a row, or an invocation a row: by plan (rowPlan.ts). Zhang & Sennrich 2019, equation 4; TransformerLens RMSNorm for what is a hook. Twin: reference/rmsNorm.ts.

override lanes: u32 = 64u; // of a row
override workgroup_rows: u32 = 1u;
override given: u32 = 0u; // what is read instead of computed, where an intervention edited it: nothing, scale, normalized

const SCALE: u32 = 1u;
const NORMALIZED: u32 = 2u;

struct Dims {
  rows: u32,
  workgroups_x: u32,
  d: u32,
  heads: u32, // rows of its own that each position has: 1, or its heads
  x_row_stride: u32,
  x_head_stride: u32,
  x_offset: u32,
  y_row_stride: u32, // of normalized and y, as the next
  y_head_stride: u32,
  y_offset: u32,
  scale_row_stride: u32,
  scale_head_stride: u32,
  eps: f32,
  weight_offset: f32, // 1 for Gemma
  zero: u32, // shared/arithmetic.wgsl
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;
@group(0) @binding(4) var<storage, read_write> normalized: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

var<workgroup> row_scales: array<f32, workgroup_rows>;

fn with_square(sum: f32, at: u32) -> f32 {
  let value = x[at];
  return mul_add(value, value, sum);
}

// One element of a row: normalized, and weighed.
fn weigh(i: u32, x_at: u32, y_at: u32, row_scale: f32) {
  var unit: f32;
  if (given == NORMALIZED) {
    unit = normalized[y_at + i];
  } else {
    unit = stored(quotient(x[x_at + i], row_scale));
    normalized[y_at + i] = unit;
  }
  y[y_at + i] = stored(product(unit, stored(stored(w[i]) + dims.weight_offset)));
}

@compute @workgroup_size(lanes, workgroup_rows)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let lane = local.x;
  let own = local.y; // of the workgroup's rows
  let row = (group.y * dims.workgroups_x + group.x) * workgroup_rows + own;
  let exists = row < dims.rows;
  let pos = row / dims.heads;
  let head = row % dims.heads;
  let x_at = dims.x_offset + pos * dims.x_row_stride + head * dims.x_head_stride;
  let scale_at = pos * dims.scale_row_stride + head * dims.scale_head_stride;
  if (lane == 0u && exists) {
    if (given == SCALE) {
      row_scales[own] = scale[scale_at];
    } else {
      var sum = 0.0;
      var i = 0u;
      for (; i + 4u <= dims.d; i += 4u) {
        sum = with_square(with_square(with_square(with_square(sum, x_at + i), x_at + i + 1u), x_at + i + 2u), x_at + i + 3u);
      }
      for (; i < dims.d; i++) {
        sum = with_square(sum, x_at + i);
      }
      row_scales[own] = square_root(quotient(sum, f32(dims.d)) + dims.eps);
      scale[scale_at] = row_scales[own];
    }
  }
  if (lanes > 1u) {
    workgroupBarrier();
  }
  if (!exists) {
    return;
  }
  let row_scale = row_scales[own];
  let y_at = dims.y_offset + pos * dims.y_row_stride + head * dims.y_head_stride;
  var i = lane;
  for (; i + 3u * lanes < dims.d; i += 4u * lanes) {
    weigh(i, x_at, y_at, row_scale);
    weigh(i + lanes, x_at, y_at, row_scale);
    weigh(i + 2u * lanes, x_at, y_at, row_scale);
    weigh(i + 3u * lanes, x_at, y_at, row_scale);
  }
  for (; i < dims.d; i += lanes) {
    weigh(i, x_at, y_at, row_scale);
  }
}
