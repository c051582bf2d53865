// Dispatches what interventions do to an activation: edit.wgsl, and the mean over positions that one of them writes.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dim, Dispatch } from '../gpu/plan.ts';
import editCode from './edit.wgsl?raw';
import meanCode from './meanPositions.wgsl?raw';
import { numericKernel } from './numerics.ts';

export const EDIT = numericKernel('edit', [editCode], ['uniform', 'read', 'read', 'read', 'write']);
export const MEAN_POSITIONS = numericKernel('meanPositions', [meanCode], ['uniform', 'read', 'write']);

/** The number by which edit.wgsl knows each operation. */
const OPERATION_NUMBER = { replace: 0, scale: 1, add: 2, fill: 3 } as const;

/** A tensor read as [batch, pos, heads, width], whatever the order of its axes: strides in elements, 0 along what is shared. */
export type EditView = {
  readonly tensor: GpuTensor;
  readonly batchStride: number;
  readonly posStride: number;
  readonly headStride: number;
};

export type EditShape = {
  readonly batch: number;
  readonly nPos: number;
  readonly heads: number;
  readonly width: number;
};

export type EditArgs = EditShape & {
  readonly operation: keyof typeof OPERATION_NUMBER;
  readonly factor: number; // of scale and add; of fill, the value
  readonly x: EditView;
  readonly source: EditView | null; // of replace and add
  readonly chosen: BufferSlot; // [batch·pos + batch·heads] u32, as `chosenWords` writes it
  readonly y: EditView; // not x's memory
};

/** Copies x to y and carries out one operation where rows and heads are chosen. */
export function edit(args: EditArgs): Dispatch {
  const { batch, nPos, heads, width, x, y } = args;
  const source = args.source ?? x;
  return {
    label: y.tensor.label,
    kernel: EDIT,
    overrides: { operation: OPERATION_NUMBER[args.operation] },
    dims: [batch, nPos, heads, width, ...places(x), ...places(source), ...places(y), { f32: args.factor }],
    buffers: [x.tensor.slot, source.tensor.slot, args.chosen, y.tensor.slot],
    workgroups: [Math.ceil(width / 64), batch * nPos, heads],
    multiplyAdds: 0,
  };
}

/** y[batch, head] = the mean over all positions of x, in ascending order: [batch, heads, width]. */
export function meanPositions(shape: EditShape, x: EditView, y: EditView): Dispatch {
  const { batch, nPos, heads, width } = shape;
  return {
    label: y.tensor.label,
    kernel: MEAN_POSITIONS,
    overrides: {},
    dims: [batch, nPos, heads, width, ...places(x), ...places(y)],
    buffers: [x.tensor.slot, y.tensor.slot],
    workgroups: [Math.ceil(width / 64), batch, heads],
    multiplyAdds: 0,
  };
}

/**
 * Which rows and heads an edit touches. `sourcePos` gives, for a row of a batch element, the position of the source to read, or
 * null where the row is left alone; `hasHead` tells which heads of a batch element are touched.
 */
export function chosenWords(
  { batch, nPos, heads }: EditShape,
  sourcePos: (element: number, pos: number) => number | null,
  hasHead: (element: number, head: number) => boolean,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(batch * nPos + batch * heads);
  for (let element = 0; element < batch; element++) {
    for (let pos = 0; pos < nPos; pos++) words[element * nPos + pos] = 1 + (sourcePos(element, pos) ?? -1);
    for (let head = 0; head < heads; head++) {
      words[batch * nPos + element * heads + head] = Number(hasHead(element, head));
    }
  }
  return words;
}

function places({ tensor, batchStride, posStride, headStride }: EditView): Dim[] {
  return [tensor.offset, batchStride, posStride, headStride];
}
