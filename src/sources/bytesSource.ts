// A ByteSource over bytes in memory.
import type { ByteSource } from '../engine/index.ts';

/** Makes a ByteSource over bytes in memory; reads are copies. */
export function bytesSource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    async read(byteOffset, byteLength, signal) {
      signal?.throwIfAborted();
      if (byteOffset < 0 || byteLength < 0 || byteOffset + byteLength > bytes.byteLength) {
        throw new RangeError(
          `${name} has ${bytes.byteLength} bytes, not ${byteLength} from byte ${byteOffset}. Was it downloaded completely?`,
        );
      }
      return bytes.slice(byteOffset, byteOffset + byteLength);
    },
  };
}
