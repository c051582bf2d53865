// The few weights between the stream and one logit, in f64, read by byte range: attributing a logit needs no whole W_U.
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import type { WeightView } from '../../checkpoint/weights.ts';
import { readView } from '../../reference/loadWeights.ts';
import { widenToF32 } from '../../tensor/bits.ts';

export type OutwardWeights = {
  readonly columns: readonly Float64Array[]; // W_U's column of each token: [d_model]
  readonly biases: readonly number[]; // b_U of each token
  readonly lnFinal: { readonly w: Float64Array; readonly b: Float64Array | null } | null; // [d_model]
  readonly b_O: readonly (Float64Array | null)[]; // of each layer: [d_model]
};

/** Reads what leads to these tokens' logits. Throws where a payload cannot be read. */
export async function readOutwardWeights(
  checkpoint: Checkpoint,
  tokens: readonly number[],
  signal?: AbortSignal,
): Promise<OutwardWeights> {
  const { W_U, b_U, lnFinal, blocks } = checkpoint.weights;
  const vector = async (view: WeightView | null) => view && readVector(checkpoint, view, signal);
  const bias = await vector(b_U);
  const w = await vector(lnFinal?.w ?? null);
  const b = await vector(lnFinal?.b ?? null);
  return {
    columns: await Promise.all(tokens.map((token) => readColumn(checkpoint, W_U, token, signal))),
    biases: tokens.map((token) => bias?.[token] ?? 0),
    lnFinal: w && { w, b },
    b_O: await Promise.all(blocks.map((block) => vector(block.b_O))),
  };
}

async function readVector(checkpoint: Checkpoint, view: WeightView, signal?: AbortSignal): Promise<Float64Array> {
  return readView(view, await readElements(entryOf(checkpoint, view), 0, null, signal)).values;
}

/** One column of a matrix: one range where its elements lie side by side, as in an embedding of [d_vocab, d_model]. */
async function readColumn(
  checkpoint: Checkpoint,
  view: WeightView,
  column: number,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const group = Math.floor(column / view.columnsPerGroup);
  const first = view.offset + group * view.groupStride + (column % view.columnsPerGroup) * view.columnStride;
  const isContiguous = view.rowStride === 1;
  const entry = entryOf(checkpoint, view);
  const payload = await (isContiguous
    ? readElements(entry, first, view.rows, signal)
    : readElements(entry, 0, null, signal));
  return Float64Array.from({ length: view.rows }, (_, row) => {
    return payload[isContiguous ? row : first + row * view.rowStride] ?? Number.NaN;
  });
}

function entryOf({ tensors }: Checkpoint, view: WeightView): TensorEntry {
  const entry = tensors.get(view.tensor);
  if (!entry) throw new Error(`internal: the checkpoint lists no tensor ${view.tensor}`);
  return entry;
}

/** Elements from `first` on, `count` of them or all, as f32. */
async function readElements(
  { dtype, source, shape, byteOffset, byteLength }: TensorEntry,
  first: number,
  count: number | null,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const elementBytes = byteLength / shape.reduce((product, extent) => product * extent, 1);
  const bytes = count === null ? byteLength : count * elementBytes;
  return widenToF32(await source.read(byteOffset + first * elementBytes, bytes, signal), dtype);
}
