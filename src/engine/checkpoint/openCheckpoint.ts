// Opens a checkpoint folder: config.json, every header, every weight found. Reads no payload.
import { elementCount } from '../tensor/shape.ts';
import { ADAPTER_CONFIG, adapterWords } from './adapter.ts';
import type { ByteSource, CheckpointFolder } from './byteSource.ts';
import type { Checkpoint, TensorEntry, WeightDtype } from './checkpoint.ts';
import { CheckpointError } from './checkpointError.ts';
import { readArchitecture } from './readConfig.ts';
import { openRequired, readJson } from './readText.ts';
import type { SafetensorsDtype } from './safetensors.ts';
import { type LocatedTensor, locateTensors } from './shards.ts';
import { weightTable } from './weightTable.ts';

const WEIGHT_DTYPES: ReadonlyMap<SafetensorsDtype, WeightDtype> = new Map([
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
]);

/** Opens a checkpoint. `tensors` holds those that the model uses. Throws CheckpointError with what is wrong and what was expected. */
export async function openCheckpoint(folder: CheckpointFolder, signal?: AbortSignal): Promise<Checkpoint> {
  const configFile = (await folder.open('config.json', signal)) ?? (await noConfig(folder, signal));
  const configJson = await readJson(configFile, signal);
  const { config, names } = readArchitecture(configJson);
  const located = await locateTensors(folder, signal);
  const { weights, used } = weightTable(config, names, located);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of located) {
    if (used.has(name)) tensors.set(name, toWeight(tensor));
  }
  const entries = [...tensors.values()];
  return {
    config,
    tensors,
    weights,
    parameters: entries.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    byteLength: entries.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
}

/** A folder without a config may be an adapter, which names the model that it belongs to. */
async function noConfig(folder: CheckpointFolder, signal?: AbortSignal): Promise<ByteSource> {
  const adapter = await folder.open(ADAPTER_CONFIG, signal);
  if (adapter === null) return openRequired(folder, 'config.json', signal);
  throw new CheckpointError(adapterWords(folder.name, await readJson(adapter, signal)));
}

function toWeight(tensor: LocatedTensor): TensorEntry {
  const dtype = WEIGHT_DTYPES.get(tensor.dtype);
  if (dtype) return { ...tensor, dtype };
  throw new CheckpointError(
    `${tensor.name} in ${tensor.source.name} has dtype ${tensor.dtype}, expected F32, F16 or BF16. Is the checkpoint quantized?`,
  );
}
