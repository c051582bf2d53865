// Writes a checkpoint of seeded random weights, a few MB at a time: shards, their index, config.json. Nothing larger than one
// block of numbers is ever in memory, whatever the checkpoint weighs.
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Geometry, TensorPlan, WeightDtypeName } from './geometries.ts';
import { fillRandom } from './randomWeights.ts';

const BLOCK_BYTES = 8 << 20;
const ELEMENT_BYTES: Readonly<Record<WeightDtypeName, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Bytes of the weights of a geometry in this dtype. */
export function payloadBytes(tensors: readonly TensorPlan[], dtype: WeightDtypeName): number {
  return tensors.reduce((sum, tensor) => sum + tensorBytes(tensor, dtype), 0);
}

/** Writes the checkpoint into an existing folder; `onBytes` is told the bytes of each block. The same seed, the same bytes. */
export async function writeCheckpoint(
  folder: string,
  geometry: Geometry,
  dtype: WeightDtypeName,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  const config = { ...geometry.config, torch_dtype: { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype] };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config, null, 2));
  const shards = inShards(geometry.tensors, dtype, geometry.shardBytes);
  const fileName = (at: number): string =>
    shards.length === 1
      ? 'model.safetensors'
      : `model-${String(at + 1).padStart(5, '0')}-of-${String(shards.length).padStart(5, '0')}.safetensors`;
  for (const [at, tensors] of shards.entries()) await writeShard(join(folder, fileName(at)), tensors, dtype, onBytes);
  if (shards.length === 1) return;
  const weight_map = Object.fromEntries(
    shards.flatMap((tensors, at) => tensors.map(({ name }) => [name, fileName(at)] as const)),
  );
  const index = { metadata: { total_size: payloadBytes(geometry.tensors, dtype) }, weight_map };
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index, null, 2));
}

function inShards(tensors: readonly TensorPlan[], dtype: WeightDtypeName, shardBytes: number): TensorPlan[][] {
  const shards: TensorPlan[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const tensor of tensors) {
    if (bytes + tensorBytes(tensor, dtype) > shardBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push(tensor);
    bytes += tensorBytes(tensor, dtype);
  }
  return shards;
}

async function writeShard(
  path: string,
  tensors: readonly TensorPlan[],
  dtype: WeightDtypeName,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.write(headerOf(tensors, dtype));
    const block = new Uint8Array(BLOCK_BYTES);
    for (const tensor of tensors) await writeTensor(file, tensor, dtype, block, onBytes);
  } finally {
    await file.close();
  }
}

async function writeTensor(
  file: FileHandle,
  tensor: TensorPlan,
  dtype: WeightDtypeName,
  block: Uint8Array<ArrayBuffer>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const total = tensorBytes(tensor, dtype);
  const fill = fillRandom(tensor, dtype);
  for (let done = 0; done < total; done += BLOCK_BYTES) {
    const bytes = Math.min(BLOCK_BYTES, total - done);
    fill(block);
    await file.write(block, 0, bytes);
    onBytes(bytes);
  }
}

/** The length of the header, then the header, padded to whole words with spaces. */
function headerOf(tensors: readonly TensorPlan[], dtype: WeightDtypeName): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const tensor of tensors) {
    const start = end;
    end += tensorBytes(tensor, dtype);
    header[tensor.name] = { dtype, shape: tensor.shape, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function tensorBytes({ shape }: TensorPlan, dtype: WeightDtypeName): number {
  return shape.reduce((product, extent) => product * extent, ELEMENT_BYTES[dtype]);
}
