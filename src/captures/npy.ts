// .npy arrays of floating-point numbers, in and out: f2, f4 and f8 of either byte order, C or Fortran order; written as '<f4' or '<f8'.
// Format: numpy/lib/format.py.
import { f64FromBytes, type Shape, type WritableTensor, widenToF32 } from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';
import { readNpyHeader } from './npyHeader.ts';

export type NpyArray = {
  readonly shape: Shape;
  readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>; // row-major; f2 is widened, exactly
};

const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ['f2', 2],
  ['f4', 4],
  ['f8', 8],
]);

/** Reads an array. Throws CaptureFileError naming it: a dtype that is no float, a file that is too short or too long. */
export function readNpy(name: string, bytes: Uint8Array): NpyArray {
  const { descr, fortranOrder, shape, payloadOffset } = readNpyHeader(name, bytes);
  const [order = '', kind = ''] = [descr.slice(0, 1), descr.slice(1)];
  const elementBytes = ELEMENT_BYTES.get(kind);
  if (elementBytes === undefined || !'<>='.includes(order)) {
    throw new CaptureFileError(
      `${name} has dtype ${descr}, expected f2, f4 or f8. In numpy: array.astype('<f4'), or tensor.float() in torch.`,
    );
  }
  const count = shape.reduce((product, extent) => product * extent, 1);
  const payload = bytes.subarray(payloadOffset);
  if (payload.byteLength !== count * elementBytes) {
    throw new CaptureFileError(
      `${name} has ${payload.byteLength} bytes after its header, expected ${count * elementBytes} for ${descr} [${shape.join(', ')}]. Was the file written completely?`,
    );
  }
  const little = order === '>' ? swapped(payload, elementBytes) : payload;
  const values = elementBytes === 8 ? f64FromBytes(little) : widenToF32(little, elementBytes === 2 ? 'f16' : 'f32');
  return { shape, values: fortranOrder ? toRowMajor(values, shape) : values };
}

/** Writes an array in C order, version 1.0, its payload at a multiple of 64 bytes, as numpy does. */
export function writeNpy({ shape, values }: WritableTensor): Uint8Array<ArrayBuffer> {
  const descr = values instanceof Float64Array ? '<f8' : '<f4';
  const extents = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${extents}, }`;
  const headerBytes = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + headerBytes + values.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(file.buffer).setUint16(8, headerBytes, true);
  file.set(new TextEncoder().encode(`${dict.padEnd(headerBytes - 1)}\n`), 10);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + headerBytes);
  return file;
}

function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const out = new Uint8Array(bytes.byteLength);
  for (let i = 0; i < bytes.byteLength; i++) {
    const within = i % elementBytes;
    out[i - within + (elementBytes - 1 - within)] = bytes[i] ?? 0;
  }
  return out;
}

/** Fortran order has the first axis fastest: the row-major order of the reversed shape. */
function toRowMajor<T extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(values: T, shape: Shape): T {
  const ordered = values.slice();
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, extent) => product * extent, 1));
  for (let i = 0; i < values.length; i++) {
    const from = index.reduce((sum, position, axis) => sum + position * (strides[axis] ?? 0), 0);
    ordered[i] = values[from] ?? Number.NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
  return ordered as T; // slice keeps the kind of array, which its type does not say
}
