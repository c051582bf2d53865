// A checkpoint folder made of bytes in memory, which notes every read: for tests of what is read, and of what must be refused.
import type { ByteSource, CheckpointFolder } from '../../src/engine/checkpoint/byteSource.ts';

export type Read = { readonly fileName: string; readonly byteOffset: number; readonly byteLength: number };

export type MemoryFolder = CheckpointFolder & { readonly reads: readonly Read[] };

/** Makes a folder of these files; text becomes UTF-8, a plain object JSON. */
export function memoryFolder(files: Readonly<Record<string, Uint8Array | string | object>>): MemoryFolder {
  const reads: Read[] = [];
  const held = new Map(Object.entries(files).map(([name, content]) => [name, toBytes(content)]));
  return {
    name: 'a folder in memory',
    reads,
    async open(fileName) {
      const bytes = held.get(fileName);
      return bytes === undefined ? null : memorySource(fileName, bytes, reads);
    },
  };
}

/** One file of bytes; reads are appended to `reads`. */
export function memorySource(name: string, bytes: Uint8Array, reads: Read[] = []): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    async read(byteOffset, byteLength, signal) {
      signal?.throwIfAborted();
      reads.push({ fileName: name, byteOffset, byteLength });
      if (byteOffset < 0 || byteOffset + byteLength > bytes.byteLength) throw new RangeError(`read past ${name}`);
      return new Uint8Array(bytes.slice(byteOffset, byteOffset + byteLength));
    },
  };
}

/** A safetensors file of this header (an object, or the text itself) and a payload of so many zero bytes. */
export function safetensorsFile(header: object | string, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.byteLength + payloadBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  file.set(text, 8);
  return file;
}

/** A safetensors file of zero f32 tensors with these shapes, one after another. */
export function zeroTensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array<ArrayBuffer> {
  let end = 0;
  const header = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((count, extent) => count * extent, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  return safetensorsFile(Object.fromEntries(header), end);
}

function toBytes(content: Uint8Array | string | object): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
}
