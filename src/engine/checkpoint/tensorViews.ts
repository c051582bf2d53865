// Views of a checkpoint's tensors, each checked against the shape that the config implies, with the words for the error.
import { formatShape, type Shape, sameShape } from '../tensor/shape.ts';
import type { WeightNames } from './architectures/architecture.ts';
import { CheckpointError } from './checkpointError.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { WeightView } from './weights.ts';

/** Extent of an axis, and where it comes from: `{extent: 128, words: 'n_key_value_heads × d_head = 2 × 64'}`. */
export type Axis = { readonly extent: number; readonly words: string };

/** Columns of a product's output that belong together, as they lie in a tensor that holds more: q in query_key_value. */
export type Part = {
  readonly start: number; // first output
  readonly columns: number;
  readonly columnsPerGroup: number;
  readonly groupOutputs: number; // outputs from one group's start to the next's
};

/** A linear layer as the checkpoint holds it: all its outputs, its inputs, and which axis is first. */
export type Linear = {
  readonly module: string; // 'model.layers.3.self_attn.k_proj'
  readonly dIn: Axis;
  readonly dOut: Axis;
  readonly layout: 'linear' | 'conv1d'; // [d_out, d_in] or [d_in, d_out]
};

/** Which of several Linears in one tensor, [count, d_out, d_in]. */
export type Stacked = { readonly index: number; readonly count: Axis };

export type TensorShapes = ReadonlyMap<string, { readonly shape: Shape }>;

/** Hands out views and remembers which tensors were used. */
export type TensorViews = {
  readonly used: ReadonlySet<string>;
  has(tensor: string): boolean;
  weight(linear: Linear, part?: Part): WeightView; // [d_in, columns]
  stacked(linear: Linear, of: Stacked, part?: Part): WeightView; // [d_in, columns]: one of the Linears in a tensor of that module's name
  bias(linear: Linear, part?: Part): WeightView; // [columns]
  vector(tensor: string, d: Axis): WeightView; // [d]
};

/** What translating one model's names needs at every step. */
export type Table = { readonly config: ModelConfig; readonly names: WeightNames; readonly views: TensorViews };

/** Makes views into tensors of these shapes. Its functions throw CheckpointError for a missing tensor or another shape. */
export function tensorViews(tensors: TensorShapes): TensorViews {
  const used = new Set<string>();

  function expect(tensor: string, axes: readonly Axis[]): Shape {
    const expected = axes.map((axis) => axis.extent);
    const found = tensors.get(tensor)?.shape;
    const words = `${formatShape(expected)} (${axes.map((axis) => axis.words).join(', ')})`;
    if (found === undefined) {
      throw new CheckpointError(
        `The checkpoint has no ${tensor}, expected one of shape ${words}. ${whyMissing(tensor, tensors)}`,
      );
    }
    if (!sameShape(found, expected)) {
      throw new CheckpointError(
        `${tensor} has shape ${formatShape(found)}, expected ${words}. Does config.json belong to this checkpoint?`,
      );
    }
    used.add(tensor);
    return expected;
  }

  return {
    used,
    has: (tensor) => tensors.has(tensor),
    weight({ module, dIn, dOut, layout }, part = whole(dOut)) {
      const isLinear = layout === 'linear';
      const tensor = `${module}.weight`;
      const tensorShape = expect(tensor, isLinear ? [dOut, dIn] : [dIn, dOut]);
      const outputStride = isLinear ? dIn.extent : 1;
      const rowStride = isLinear ? 1 : dOut.extent;
      return { tensor, tensorShape, rows: dIn.extent, rowStride, ...columnsOf(part, outputStride) };
    },
    stacked({ module, dIn, dOut }, { index, count }, part = whole(dOut)) {
      const tensorShape = expect(module, [count, dOut, dIn]);
      const columns = columnsOf(part, dIn.extent);
      const offset = columns.offset + index * dOut.extent * dIn.extent;
      return { tensor: module, tensorShape, rows: dIn.extent, rowStride: 1, ...columns, offset };
    },
    bias({ module, dOut }, part = whole(dOut)) {
      const tensor = `${module}.bias`;
      return { tensor, tensorShape: expect(tensor, [dOut]), rows: 1, rowStride: dOut.extent, ...columnsOf(part, 1) };
    },
    vector(tensor, d) {
      return { tensor, tensorShape: expect(tensor, [d]), rows: 1, rowStride: d.extent, ...columnsOf(whole(d), 1) };
    },
  };
}

/** What a missing tensor most likely means. */
function whyMissing(tensor: string, tensors: TensorShapes): string {
  const quantised = /\.(qweight|qzeros|SCB|weight_scale(_inv)?|absmax)$/;
  const packed = [...tensors.keys()].find((name) => quantised.test(name));
  if (packed) return `It has ${packed}: a quantised checkpoint. Take the one before quantisation.`;
  const head = [...tensors.keys()].find((name) => /^(score|classifier|qa_outputs|v_head)\./.test(name));
  if (head) return `It has ${head}: a model with another head. Take the checkpoint of the language model itself.`;
  const usual = 'Does config.json belong to this checkpoint?';
  return /^(lm_head|embed_out)\./.test(tensor) ? `${usual} A bare model has no unembedding.` : usual;
}

/** Consecutive outputs: those of gate in gate_up_proj. */
export function slice(start: number, columns: number): Part {
  return { start, columns, columnsPerGroup: columns, groupOutputs: 0 };
}

function whole(dOut: Axis): Part {
  return slice(0, dOut.extent);
}

function columnsOf(part: Part, outputStride: number) {
  return {
    columns: part.columns,
    offset: part.start * outputStride,
    columnStride: outputStride,
    columnsPerGroup: part.columnsPerGroup,
    groupStride: part.groupOutputs * outputStride,
  };
}
