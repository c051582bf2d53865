// The name of a model's numbers: the sha256 of its weights' bytes. Two runs can be compared to the bit only if it is the same.
import type { ByteSource, Checkpoint } from '../engine/index.ts';

/**
 * Hashes a checkpoint's weights files, hex: of one file its plain sha256 (as `sha256sum model.safetensors` gives), of shards the
 * sha256 of their hashes' text, one after another in the order of their names. Reads every file whole.
 */
export async function hashWeights(checkpoint: Checkpoint, signal?: AbortSignal): Promise<string> {
  const sources = new Map([...checkpoint.tensors.values()].map(({ source }) => [source.name, source]));
  const names = [...sources.keys()].sort();
  const hashes: string[] = [];
  for (const name of names) {
    const source = sources.get(name);
    if (source) hashes.push(await sha256OfSource(source, signal));
  }
  return hashes.length === 1 ? hashes.join('') : sha256(new TextEncoder().encode(hashes.join('')));
}

async function sha256OfSource(source: ByteSource, signal?: AbortSignal): Promise<string> {
  return sha256(await source.read(0, source.byteLength, signal));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
