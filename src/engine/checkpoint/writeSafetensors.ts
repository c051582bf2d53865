// Writes a safetensors file: f32 and f64 tensors, one after another in the order given. The other half of `safetensors.ts`.
// Format: huggingface/safetensors, README "Format"; the header is padded with spaces to 8 bytes, as its own writer does.
import { elementCount, formatShape, type Shape } from '../tensor/shape.ts';

/** A tensor to be written; Float64Array makes F64, Float32Array F32. */
export type WritableTensor = { readonly shape: Shape; readonly values: Float32Array | Float64Array };

const ALIGNMENT_BYTES = 8;

/**
 * Writes tensors by name, with text about them in `__metadata__`. Wider elements come first, so that each tensor lies at a multiple
 * of its element's bytes. Throws where a tensor's values do not fill its shape, or its name is `__metadata__`.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata);
  let payloadBytes = 0;
  for (const [name, { shape, values }] of ordered) {
    checkTensor(name, shape, values.length);
    const begin = payloadBytes;
    payloadBytes += values.byteLength;
    header.set(name, { dtype: dtypeOf(values), shape, data_offsets: [begin, payloadBytes] });
  }
  const headerBytes = encodeHeader(header);
  const file = new Uint8Array(ALIGNMENT_BYTES + headerBytes.byteLength + payloadBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.byteLength), true);
  file.set(headerBytes, ALIGNMENT_BYTES);
  let byteOffset = ALIGNMENT_BYTES + headerBytes.byteLength;
  for (const [, { values }] of ordered) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), byteOffset);
    byteOffset += values.byteLength;
  }
  return file;
}

function dtypeOf(values: Float32Array | Float64Array): 'F32' | 'F64' {
  return values instanceof Float64Array ? 'F64' : 'F32';
}

/** A name may be one of Object's own (`__proto__`): the header is written entry by entry, never by way of an object. */
function encodeHeader(header: ReadonlyMap<string, unknown>): Uint8Array {
  const entries = [...header].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(json.byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES).fill(0x20);
  padded.set(json);
  return padded;
}

function checkTensor(name: string, shape: Shape, count: number): void {
  if (name === '__metadata__') throw new Error('A safetensors file can have no tensor called __metadata__. Rename it.');
  if (count === elementCount(shape)) return;
  throw new Error(`${name} has ${count} values, expected ${elementCount(shape)} for shape ${formatShape(shape)}.`);
}
