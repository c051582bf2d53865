// Reads one weight out of the checkpoint as f32, in the layout that the graph wants. The widening is exact.
import { type Checkpoint, type TensorEntry, type WeightView, widenToF32 } from '../engine/index.ts';
import type { GraphWeight } from './graph.ts';

/** Reads a weight's elements, row-major: [rows, columns], or [columns, rows] where it is wanted transposed. */
export async function readWeight(
  checkpoint: Pick<Checkpoint, 'tensors'>,
  weight: GraphWeight,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const entry = checkpoint.tensors.get(weight.view.tensor);
  if (!entry)
    throw new Error(`internal: ${weight.name} names tensor ${weight.view.tensor}, which the checkpoint lacks`);
  const values = await readTensor(entry, signal);
  return arrange(values, weight);
}

async function readTensor(entry: TensorEntry, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
  return widenToF32(await entry.source.read(entry.byteOffset, entry.byteLength, signal), entry.dtype);
}

function arrange(
  values: Float32Array<ArrayBuffer>, // the whole tensor, as the checkpoint has it
  { view, layout }: GraphWeight,
): Float32Array<ArrayBuffer> {
  const [rowStep, columnStep] = layout === 'transposed' ? [1, view.rows] : [view.columns, 1];
  if (liesAlready(view, rowStep, columnStep, values.length)) return values;
  const arranged = new Float32Array(view.rows * view.columns);
  for (let column = 0; column < view.columns; column++) {
    const group = Math.floor(column / view.columnsPerGroup);
    const inGroup = column % view.columnsPerGroup;
    const start = view.offset + group * view.groupStride + inGroup * view.columnStride;
    for (let row = 0; row < view.rows; row++) {
      arranged[row * rowStep + column * columnStep] = values[start + row * view.rowStride] ?? Number.NaN;
    }
  }
  return arranged;
}

/** Whether the tensor's own order is the wanted one, so that nothing needs to be moved. */
function liesAlready(view: WeightView, rowStep: number, columnStep: number, nValues: number): boolean {
  const inOrder = view.groupStride === view.columnsPerGroup * view.columnStride || view.columnsPerGroup >= view.columns;
  const sameSteps = (view.rows === 1 || view.rowStride === rowStep) && view.columnStride === columnStep;
  return inOrder && sameSteps && view.offset === 0 && nValues === view.rows * view.columns;
}
