// SHA-256 of bytes that come in parts, by hash-wasm: a WebAssembly module for each hash. WebCrypto hashes only what is wholly in memory,
// and a loop in JavaScript takes twice as long (docs/decisions/005-hub-by-ranges.md).
import { createSHA256, type IHasher } from 'hash-wasm';

/** A hash under way: `update` takes the next bytes, `digest` ends it with 64 hexadecimal digits. */
export type Sha256 = Pick<IHasher, 'update' | 'digest'>;

/** Begins a hash. Throws where the host forbids WebAssembly. */
export async function beginSha256(): Promise<Sha256> {
  return createSHA256();
}

/** The hash of bytes that are all there: hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await beginSha256();
  hash.update(bytes);
  return hash.digest();
}
