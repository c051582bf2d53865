// Records a norm of rows: of the residual stream, of each head's own input in split mode, of each head's q and k.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { layerNorm, rmsNorm } from '../kernels/norm.ts';
import type { GpuNorm } from './gpuWeights.ts';
import { headRows, type RunContext, rowAxes, rowStride, rowTensor, sharedHeads } from './runContext.ts';

export type NormNames = { readonly scale: string; readonly normalized: string; readonly out: string };

export type NormOutput = {
  readonly scale: GpuTensor; // [pos, 1], or [pos, heads, 1]
  readonly normalized: GpuTensor; // what hook_normalized shows: before ·w (+ b)
  readonly out: GpuTensor; // what goes on
};

/** Names of a norm that shows no hooks. */
export function unhooked(label: string): NormNames {
  return { scale: `${label}.scale`, normalized: `${label}.normalized`, out: `${label}.out` };
}

/** Records the norm over the last axis of x: [pos, d], or [pos, heads, d] where each head has an input of its own. */
export function norm(
  context: RunContext,
  x: GpuTensor,
  weight: GpuNorm,
  names: NormNames,
  kind = context.config.normalization, // q and k are RMS-normalised in architectures of either kind
): NormOutput {
  const axis = rowAxes(context);
  const layout = rowLayout(context, x);
  const scale = like(context, names.scale, x, layout.perRow, 1);
  const normalized = like(context, names.normalized, x, layout.perRow, layout.d);
  const out = like(context, names.out, x, layout.perRow, layout.d);
  const places = (tensor: GpuTensor) => ({
    tensor,
    rowStride: rowStride(context, tensor),
    headStride: layout.perRow > 1 ? (tensor.strides[axis] ?? 0) : 0,
  });
  const rows = {
    label: names.normalized,
    positions: context.rows,
    heads: layout.perRow,
    d: layout.d,
    x: places(x),
    scale: places(scale),
    normalized: places(normalized),
    y: places(out),
    w: weight.w.slot,
    eps: context.config.normEps,
    lanes: context.lanes,
  };
  const { normWeightOffset } = context.config;
  context.recorder.emit(
    kind === 'LN' ? layerNorm({ ...rows, b: weight.b }) : rmsNorm({ ...rows, weightOffset: normWeightOffset }),
  );
  return { scale, normalized, out };
}

/** The width to normalise, and how many rows of its own each position has: its heads, or 1 where all share one. */
function rowLayout(context: RunContext, x: GpuTensor): { readonly d: number; readonly perRow: number } {
  const axis = rowAxes(context);
  const hasHeads = x.shape.length === axis + 2;
  const apart = hasHeads && x.strides[axis] !== 0;
  return { d: x.shape.at(-1) ?? 0, perRow: apart ? (x.shape[axis] ?? 1) : 1 };
}

/** Allocates a tensor with x's row and head axes and a width of its own. */
function like(context: RunContext, label: string, x: GpuTensor, perRow: number, d: number): GpuTensor {
  const axis = rowAxes(context);
  const nHeads = x.shape.length === axis + 2 ? (x.shape[axis] ?? 1) : null;
  if (nHeads === null) return rowTensor(context, label, [d]);
  return perRow === 1 ? sharedHeads(context, label, nHeads, d) : headRows(context, label, nHeads, d);
}
