// What the code of a block is given: the model, how to run it, how long the prompt is, and the recorder that it writes into.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { Gpu } from '../gpu/device.ts';
import { type BufferSlot, type GpuTensor, paddedRow } from '../gpu/gpuTensor.ts';
import type { Dim } from '../gpu/plan.ts';
import type { MoreKeys } from '../kernels/attention.ts';
import type { PanelMatrix } from '../kernels/gpuWeight.ts';
import { matmul, type SumOrder } from '../kernels/matmul.ts';
import type { Numerics } from '../kernels/numerics.ts';
import { chooseProductPlan, type ProductPlan } from '../kernels/productPlan.ts';
import type { Shape } from '../tensor/shape.ts';
import type { GpuLinear, GpuWeights } from './gpuWeights.ts';
import type { KvCache } from './kvCache.ts';
import type { LogitPositions } from './logitPositions.ts';
import type { Recorder } from './recorder.ts';

/** The fields of a RunSpec that the forward pass reads. */
export type ForwardSpec = {
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly order: SumOrder;
  readonly numerics?: Numerics; // left out: native arithmetic in f32
  readonly softmax?: 'materialised' | 'online'; // left out: materialised
};

export type RunContext = {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: GpuWeights;
  readonly spec: ForwardSpec;
  readonly batch: number;
  readonly nPos: number;
  readonly rows: number; // batch × pos
  readonly headInputs: 'shared' | 'materialised'; // in split mode: one copy for all heads, or one each
  readonly logits: LogitPositions;
  readonly forcedProductPlan: ProductPlan | null; // null: each product has its own
  readonly none: BufferSlot; // bound where a kernel's input is absent
  readonly rotaryTables: readonly (BufferSlot | null)[]; // one per layer
  readonly alibiSlopes: BufferSlot | null;
  readonly cache: KvCache | null; // keys and values of the positions before the run's first
  readonly keys: EarlierKeys | null; // null: the run's own positions are all that there are
  readonly recorder: Recorder;
};

/** The keys of a run whose rows are the last of more positions, and the position of the first row. */
export type EarlierKeys = MoreKeys & { readonly firstPosition: Dim };

/** A tensor of rows: [pos, …inner], with a batch axis before it where there is a batch. */
export function rowsShape(context: RunContext, ...inner: number[]): Shape {
  return context.batch === 1 ? [context.nPos, ...inner] : [context.batch, context.nPos, ...inner];
}

/** Axes that count rows: [pos], or [batch, pos]. */
export function rowAxes(context: RunContext): number {
  return context.batch === 1 ? 1 : 2;
}

/** Elements from one row to the next. */
export function rowStride(context: RunContext, tensor: GpuTensor): number {
  return tensor.strides[rowAxes(context) - 1] ?? 0;
}

/** Tells whether a tensor has heads that do not share memory. */
export function headsApart(context: RunContext, tensor: GpuTensor): boolean {
  const axis = rowAxes(context);
  return tensor.shape.length === axis + 2 && tensor.strides[axis] !== 0;
}

/** Elements that the rows of a tensor take, padding included. */
export function rowElements(context: RunContext, tensor: GpuTensor): number {
  return context.rows * rowStride(context, tensor);
}

/** Allocates an activation of rows under its name. */
export function rowTensor(
  context: RunContext,
  label: string,
  inner: readonly number[],
  heldBy?: readonly string[],
): GpuTensor {
  return context.recorder.allocate(label, rowsShape(context, ...inner), rowAxes(context), heldBy);
}

/** How a product of this many rows with a weight is made. */
export function productPlan(context: RunContext, w: PanelMatrix, rows: number): ProductPlan {
  const shape = { rows, columns: w.groups * w.groupColumns, k: w.rows };
  return context.forcedProductPlan ?? chooseProductPlan(context.gpu.adapter, shape);
}

/** Records y = x·W + b into a tensor of that name: [pos, columns]. */
export function linear(
  context: RunContext,
  label: string,
  x: GpuTensor, // [pos, K]
  weight: GpuLinear,
  inner: readonly number[], // shape of one row of the result
  heldBy?: readonly string[],
): GpuTensor {
  const y = rowTensor(context, label, inner, heldBy);
  context.recorder.emit(
    matmul({
      label,
      x,
      rows: context.rows,
      w: weight.W,
      b: weight.b,
      y,
      yRowStride: rowStride(context, y),
      xRowStride: rowStride(context, x),
      xGroupStride: 0,
      order: context.spec.order,
      plan: productPlan(context, weight.W, context.rows),
    }),
  );
  return y;
}

/** A tensor of heads to be allocated: [pos, heads, d]. */
export type HeadTensor = {
  readonly label: string;
  readonly nHeads: number;
  readonly d: number;
  readonly heldBy?: readonly string[];
};

/** [pos, heads, d] in which all heads are the same memory: a head stride of 0. */
export function sharedHeads(context: RunContext, { label, nHeads, d, heldBy }: HeadTensor): GpuTensor {
  const row = rowTensor(context, label, [d], heldBy);
  const strides = [...row.strides.slice(0, -1), 0, 1];
  return { ...row, shape: rowsShape(context, nHeads, d), strides };
}

/** [pos, heads, d] in which each head has a row of its own, padded to whole vec4s. */
export function headRows(context: RunContext, { label, nHeads, d, heldBy }: HeadTensor): GpuTensor {
  const padded = rowTensor(context, label, [nHeads, paddedRow(d)], heldBy);
  return { ...padded, shape: rowsShape(context, nHeads, d) };
}
