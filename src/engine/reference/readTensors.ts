// Recorded activations: the f32 and f64 tensors of a safetensors file, in f64.
import type { ByteSource } from '../checkpoint/byteSource.ts';
import { CheckpointError } from '../checkpoint/checkpointError.ts';
import { readHeader } from '../checkpoint/safetensors.ts';
import { f64FromBytes, widenToF32 } from '../tensor/bits.ts';
import { type ReferenceTensor, referenceTensor } from './referenceTensor.ts';

/** Reads every tensor of a file, by name. Throws CheckpointError for a malformed header and for dtypes but F32 and F64. */
export async function readTensors(source: ByteSource, signal?: AbortSignal): Promise<Map<string, ReferenceTensor>> {
  const { entries } = await readHeader(source, signal);
  const tensors = new Map<string, ReferenceTensor>();
  for (const { name, dtype, shape, byteOffset, byteLength } of entries.values()) {
    if (dtype !== 'F32' && dtype !== 'F64') {
      throw new CheckpointError(`${name} in ${source.name} has dtype ${dtype}, expected F32 or F64.`);
    }
    const bytes = await source.read(byteOffset, byteLength, signal);
    const values = dtype === 'F64' ? f64FromBytes(bytes) : Float64Array.from(widenToF32(bytes, 'f32'));
    tensors.set(name, referenceTensor(shape, values));
  }
  return tensors;
}
