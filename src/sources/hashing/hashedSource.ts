// A ByteSource that hashes what passes through it, so that weights are read once: for the GPU and for their sha256.
// A hash goes from the first byte to the last; pieces that come early wait their turn, and what nobody read is read at the end.
import type { ByteSource } from '../../engine/index.ts';
import { byteHash } from './byteHash.ts';

/** A source that knows the sha256 of all its bytes, or can find it out. */
export interface HashingSource extends ByteSource {
  /** The sha256 of the whole source, hex. Reads what was not read yet; throws what reading throws. */
  sha256(signal?: AbortSignal): Promise<string>;
}

/** Bytes that may wait for those before them. Beyond that they are let go and read again at the end. */
const MAX_WAITING_BYTES = 64 << 20;
const GAP_BYTES = 8 << 20;

/** Wraps a source. What `read` gives must not be written to before the next read: it may wait for its turn to be hashed. */
export function hashedSource(source: ByteSource): HashingSource {
  const hash = byteHash();
  const waiting = new Map<number, Uint8Array<ArrayBuffer>>(); // byte offset → bytes, all beyond `hashedBytes`
  let waitingBytes = 0;
  let hashedBytes = 0;
  let digest: Promise<string> | null = null;

  const absorb = (byteOffset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const fresh = bytes.subarray(Math.min(bytes.byteLength, hashedBytes - byteOffset)); // the rest was hashed already
    hashedBytes += fresh.byteLength;
    return hash.update(fresh);
  };

  /** Resolves when the hash is ready for more: reading goes no faster than hashing does. */
  const take = async (byteOffset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (byteOffset > hashedBytes) {
      if (waitingBytes + bytes.byteLength > MAX_WAITING_BYTES || waiting.has(byteOffset)) return;
      waiting.set(byteOffset, bytes);
      waitingBytes += bytes.byteLength;
      return;
    }
    const taken = [absorb(byteOffset, bytes)];
    for (let at = nextOf(waiting, hashedBytes); at; at = nextOf(waiting, hashedBytes)) {
      waiting.delete(at.byteOffset);
      waitingBytes -= at.bytes.byteLength;
      taken.push(absorb(at.byteOffset, at.bytes));
    }
    await Promise.all(taken);
  };

  const finish = async (signal?: AbortSignal): Promise<string> => {
    while (hashedBytes < source.byteLength) {
      const next = Math.min(source.byteLength, ...waiting.keys());
      const gapBytes = Math.min(GAP_BYTES, next - hashedBytes);
      await take(hashedBytes, await source.read(hashedBytes, gapBytes, signal));
    }
    return hash.digest();
  };

  return {
    name: source.name,
    byteLength: source.byteLength,
    async read(byteOffset, byteLength, signal) {
      const bytes = await source.read(byteOffset, byteLength, signal);
      if (digest === null) await take(byteOffset, bytes);
      return bytes;
    },
    sha256(signal) {
      digest ??= finish(signal).catch((error: unknown) => {
        digest = null; // an aborted or failed reading may be asked for again
        throw error;
      });
      return digest;
    },
  };
}

/** A piece that waited and whose turn has come. */
function nextOf(waiting: ReadonlyMap<number, Uint8Array<ArrayBuffer>>, hashedBytes: number) {
  for (const [byteOffset, bytes] of waiting) if (byteOffset <= hashedBytes) return { byteOffset, bytes };
  return null;
}

/** Whether a source hashes what passes through it. */
export function isHashing(source: ByteSource): source is HashingSource {
  return 'sha256' in source;
}
