// The name of a model's numbers: the sha256 of its weights' bytes. Two runs can be compared to the bit only if it is the same.
import type { Checkpoint } from '../engine/index.ts';
import { hashedSource, isHashing } from './hashing/hashedSource.ts';
import { sha256 } from './hashing/sha256.ts';

/**
 * Hashes a checkpoint's weights files, hex: of one file its plain sha256 (as `sha256sum model.safetensors` gives), of shards the
 * sha256 of their hashes' text, one after another in the order of their names. Reads by pieces what has not passed by yet.
 */
export async function hashWeights(checkpoint: Checkpoint, signal?: AbortSignal): Promise<string> {
  const sources = new Map([...checkpoint.tensors.values()].map(({ source }) => [source.name, source]));
  const hashes: string[] = [];
  for (const [, source] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hashes.push(await (isHashing(source) ? source : hashedSource(source)).sha256(signal));
  }
  return hashes.length === 1 ? hashes.join('') : sha256(new TextEncoder().encode(hashes.join('')));
}
