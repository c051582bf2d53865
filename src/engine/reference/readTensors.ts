// Recorded activations: the floating-point tensors of a safetensors file, in f64.
import type { ByteSource } from '../checkpoint/byteSource.ts';
import { CheckpointError } from '../checkpoint/checkpointError.ts';
import { readHeader, type SafetensorsDtype } from '../checkpoint/safetensors.ts';
import { f64FromBytes, widenToF32 } from '../tensor/bits.ts';
import { type ReferenceTensor, referenceTensor } from './referenceTensor.ts';

const NARROW = new Map<SafetensorsDtype, 'f32' | 'f16' | 'bf16'>([
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
]);

export type ReadTensors = {
  readonly others?: 'refused' | 'left out'; // tensors of integers; refused unless said
  readonly signal?: AbortSignal | undefined;
};

/** Reads every tensor of a file, by name. Throws CheckpointError for a malformed header, and for integers where they are refused. */
export async function readTensors(
  source: ByteSource,
  { others = 'refused', signal }: ReadTensors = {},
): Promise<Map<string, ReferenceTensor>> {
  const { entries } = await readHeader(source, signal);
  const tensors = new Map<string, ReferenceTensor>();
  for (const { name, dtype, shape, byteOffset, byteLength } of entries.values()) {
    const narrow = NARROW.get(dtype);
    if (!narrow && dtype !== 'F64') {
      if (others === 'left out') continue;
      throw new CheckpointError(`${name} in ${source.name} has dtype ${dtype}, expected F64, F32, F16 or BF16.`);
    }
    const bytes = await source.read(byteOffset, byteLength, signal);
    const values = narrow ? Float64Array.from(widenToF32(bytes, narrow)) : f64FromBytes(bytes);
    tensors.set(name, referenceTensor(shape, values));
  }
  return tensors;
}
