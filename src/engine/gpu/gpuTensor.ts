// GpuTensor: f32 elements in a GPU buffer, with shape, strides and an offset; several tensors may share one buffer.
// A BufferSlot is the buffer's owner-to-be: planned with its byte length known, allocated later, freed by whoever allocated it.
import { elementCount, type Shape } from '../tensor/shape.ts';
import { GpuError } from './gpuError.ts';

export type BufferUse = 'storage' | 'uniform' | 'staging';

/** A buffer that is planned now and allocated once its plan's bytes have been checked. */
export class BufferSlot {
  readonly label: string;
  readonly byteLength: number;
  readonly use: BufferUse;
  #buffer: GPUBuffer | null = null;
  #onFreed: () => void = () => {};

  constructor(label: string, byteLength: number, use: BufferUse = 'storage') {
    this.label = label;
    this.byteLength = Math.max(16, Math.ceil(byteLength / 16) * 16); // a whole vec4, and never an empty binding
    this.use = use;
  }

  get allocated(): boolean {
    return this.#buffer !== null;
  }

  /** The buffer; throws `internal:` where the plan was not allocated or is already freed. */
  get buffer(): GPUBuffer {
    if (!this.#buffer) throw new GpuError('internal', `internal: buffer ${this.label} is used before it is allocated`);
    return this.#buffer;
  }

  /** Takes its buffer; `onFreed` is told when it is given up. */
  fill(buffer: GPUBuffer, onFreed: () => void): void {
    this.#buffer = buffer;
    this.#onFreed = onFreed;
  }

  destroy(): void {
    if (!this.#buffer) return;
    this.#buffer.destroy();
    this.#buffer = null;
    this.#onFreed();
  }
}

export type GpuTensor = {
  readonly label: string; // its name in the field: blocks.3.attn.hook_z
  readonly slot: BufferSlot;
  readonly shape: Shape;
  readonly strides: Shape; // elements per step of each axis; 0 where an axis is shared
  readonly offset: number; // elements from the start of the buffer
};

/** All of a buffer as one row of f32, to be read back. */
export function wholeSlot(slot: BufferSlot): GpuTensor {
  return { label: slot.label, slot, shape: [slot.byteLength / 4], strides: [1], offset: 0 };
}

/** Rows are padded to whole vec4s, so that products read them four at a time. */
export function paddedRow(elements: number): number {
  return Math.ceil(elements / 4) * 4;
}

/** Lays out a tensor whose leading axis (or two, in a batch) counts rows: row stride padded, the rest contiguous. */
export function rowStrides(shape: Shape, rowAxes: number): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const inner = (shape[axis + 1] ?? 1) * (strides[axis + 1] ?? 1);
    strides[axis] = axis === rowAxes - 1 ? paddedRow(inner) : inner;
  }
  return strides;
}

/** The bytes that lie between the first and the last element, padding of the last row included. */
export function spanBytes(shape: Shape, strides: Shape): number {
  const first = (shape[0] ?? 1) * (strides[0] ?? 1);
  return 4 * Math.max(first, elementCount(shape) === 0 ? 0 : 1);
}

/** Counts the bytes that an activation really occupies: a shared axis (stride 0) costs nothing. */
export function storedBytes(tensor: GpuTensor): number {
  const extents = tensor.shape.filter((_, axis) => tensor.strides[axis] !== 0);
  return 4 * elementCount(extents);
}

/** A view of one index of an axis, which it drops. Throws where the axis has no such index. */
export function sliceOf(tensor: GpuTensor, axis: number, index: number): GpuTensor {
  const extent = tensor.shape[axis] ?? 0;
  if (!Number.isInteger(index) || index < 0 || index >= extent) {
    throw new Error(`${tensor.label} of shape [${tensor.shape.join(', ')}] has no index ${index} on axis ${axis}`);
  }
  const dropped = (extents: Shape) => extents.filter((_, at) => at !== axis);
  const offset = tensor.offset + index * (tensor.strides[axis] ?? 0);
  return { ...tensor, shape: dropped(tensor.shape), strides: dropped(tensor.strides), offset };
}
