// Records a norm of rows: of the residual stream, of each head's own input in split mode, of each head's q and k.
// One dispatch computes scale, normalized and the weighed result. Where a hook hands on another scale or another normalized than it
// was shown, the same kernel goes on from that; else nothing is done twice.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { layerNorm, rmsNorm } from '../kernels/norm.ts';
import { chooseRowPlan } from '../kernels/rowPlan.ts';
import type { GpuNorm } from './gpuWeights.ts';
import { headRows, type RunContext, rowAxes, rowStride, rowTensor, sharedHeads } from './runContext.ts';

export type NormNames = {
  readonly scale: string;
  readonly normalized: string;
  readonly out: string;
  readonly outHeldBy?: readonly string[]; // hooks that show the result; left out: `out`
};

/** How a norm names what it makes, and what its two hooks make of it. */
export type NormHooks = {
  readonly names: NormNames;
  readonly scale: (tensor: GpuTensor) => GpuTensor; // [pos, 1], or [pos, heads, 1]
  readonly normalized: (tensor: GpuTensor) => GpuTensor; // before ·w (+ b)
};

/** A norm that shows no hooks. */
export function unhooked(label: string): NormHooks {
  const names = { scale: `${label}.scale`, normalized: `${label}.normalized`, out: `${label}.out` };
  return { names, scale: (tensor) => tensor, normalized: (tensor) => tensor };
}

/** The same norm, its result under a name of its own: the hook that shows it. */
export function namedOut(hooks: NormHooks, out: string, outHeldBy = [out]): NormHooks {
  return { ...hooks, names: { ...hooks.names, out, outHeldBy } };
}

type Normed = { readonly scale: GpuTensor; readonly normalized: GpuTensor; readonly out: GpuTensor };

/** Records the norm over the last axis of x: [pos, d], or [pos, heads, d] where each head has an input of its own. */
export function norm(
  context: RunContext,
  x: GpuTensor,
  weight: GpuNorm,
  { names, ...hooks }: NormHooks,
  kind = context.config.normalization, // that of q and k may be another
): GpuTensor {
  const memory = (given: Partial<Normed>, suffix: string): Normed => ({
    scale: like(context, `${names.scale}${suffix}`, x, 1, [names.scale]),
    normalized: like(context, `${names.normalized}${suffix}`, given.scale ?? x, widthOf(x), [names.normalized]),
    out: like(context, `${names.out}${suffix}`, given.normalized ?? given.scale ?? x, widthOf(x), names.outHeldBy),
    ...given,
  });
  const record = (rows: Normed, given?: 'scale' | 'normalized') =>
    emitNorm(context, { x, weight, kind, rows, given, label: names.normalized });
  const computed = record(memory({}, ''));
  const scale = hooks.scale(computed.scale);
  const scaled = isSame(scale, computed.scale) ? computed : record(memory({ scale }, '.rescaled'), 'scale');
  const normalized = hooks.normalized(scaled.normalized);
  if (isSame(normalized, scaled.normalized)) return scaled.out;
  return record(memory({ scale: computed.scale, normalized }, '.reweighed'), 'normalized').out;
}

type NormStep = {
  readonly x: GpuTensor;
  readonly weight: GpuNorm;
  readonly kind: 'LN' | 'RMS';
  readonly rows: Normed;
  readonly given: 'scale' | 'normalized' | undefined;
  readonly label: string;
};

function emitNorm(context: RunContext, { x, weight, kind, rows, given, label }: NormStep): Normed {
  const places = (tensor: GpuTensor) => ({
    tensor,
    rowStride: rowStride(context, tensor),
    headStride: headStride(context, tensor),
  });
  const args = {
    label,
    positions: context.rows,
    heads: rowsEach(context, rows.out),
    d: widthOf(x),
    x: places(x),
    scale: places(rows.scale),
    normalized: places(rows.normalized),
    y: places(rows.out),
    w: weight.w.slot,
    eps: context.config.normEps,
    plan: chooseRowPlan(context.gpu.adapter, context.rows * rowsEach(context, rows.out)),
    ...(given && { given }),
  };
  const { normWeightOffset } = context.config;
  context.recorder.emit(
    kind === 'LN' ? layerNorm({ ...args, b: weight.b }) : rmsNorm({ ...args, weightOffset: normWeightOffset }),
  );
  return rows;
}

function isSame(a: GpuTensor, b: GpuTensor): boolean {
  return a.slot === b.slot;
}

function widthOf(x: GpuTensor): number {
  return x.shape.at(-1) ?? 0;
}

/** Elements from one head to the next; 0 where all share one row, or there are none. */
function headStride(context: RunContext, x: GpuTensor): number {
  const axis = rowAxes(context);
  return x.shape.length === axis + 2 ? (x.strides[axis] ?? 0) : 0;
}

/** How many rows of its own each position has: its heads, or 1 where all share one. */
function rowsEach(context: RunContext, x: GpuTensor): number {
  return headStride(context, x) > 0 ? (x.shape[rowAxes(context)] ?? 1) : 1;
}

/** Allocates a tensor with x's row and head axes, its heads apart where x's are, and a width of its own. */
function like(context: RunContext, label: string, x: GpuTensor, d: number, heldBy?: readonly string[]): GpuTensor {
  const axis = rowAxes(context);
  if (x.shape.length !== axis + 2) return rowTensor(context, label, [d], heldBy);
  const heads = { label, nHeads: x.shape[axis] ?? 1, d, ...(heldBy && { heldBy }) };
  return rowsEach(context, x) === 1 ? sharedHeads(context, heads) : headRows(context, heads);
}
