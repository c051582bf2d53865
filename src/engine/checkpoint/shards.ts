// Finds a checkpoint's tensors: in model.safetensors, or in the shards that model.safetensors.index.json names.
import type { Shape } from '../tensor/shape.ts';
import { ADAPTER_CONFIG, adapterWords } from './adapter.ts';
import type { ByteSource, CheckpointFolder } from './byteSource.ts';
import { CheckpointError, showValue } from './checkpointError.ts';
import { fieldsOf, nested } from './configFields.ts';
import { readJson } from './readText.ts';
import { readHeader, type SafetensorsDtype } from './safetensors.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
const PICKLE_FILES = ['pytorch_model.bin', 'pytorch_model.bin.index.json'] as const;
const OTHER_FRAMEWORKS = [
  ['tf_model.h5', 'from_tf'],
  ['flax_model.msgpack', 'from_flax'],
] as const;

export type LocatedTensor = {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: Shape;
  readonly source: ByteSource;
  readonly byteOffset: number; // in the source, header included
  readonly byteLength: number;
};

/** Opens every file with weights and reads their headers, no payload. Throws CheckpointError naming the file and the tensor. */
export async function locateTensors(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, LocatedTensor>> {
  const single = await folder.open(SINGLE_FILE, signal);
  if (single) return tensorsOf(single, signal);
  const index = await folder.open(INDEX_FILE, signal);
  if (index) return shardedTensors(folder, index, signal);
  throw await noWeights(folder, signal);
}

async function tensorsOf(source: ByteSource, signal?: AbortSignal): Promise<ReadonlyMap<string, LocatedTensor>> {
  const { entries } = await readHeader(source, signal);
  return new Map([...entries].map(([name, entry]) => [name, { ...entry, source }]));
}

async function shardedTensors(
  folder: CheckpointFolder,
  index: ByteSource,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, LocatedTensor>> {
  const fileOf = readWeightMap(await readJson(index, signal));
  const tensors = new Map<string, LocatedTensor>();
  for (const fileName of new Set(fileOf.values())) {
    const shard = await folder.open(fileName, signal);
    if (shard === null) {
      throw new CheckpointError(`${folder.name} has no ${fileName}, which ${INDEX_FILE} names. Add the missing shard.`);
    }
    for (const [name, tensor] of await tensorsOf(shard, signal)) {
      const expected = fileOf.get(name);
      if (expected !== fileName) {
        throw new CheckpointError(
          `${fileName} holds ${name}, which ${INDEX_FILE} ${expected === undefined ? 'does not name' : `puts in ${expected}`}. Do the shards belong together?`,
        );
      }
      tensors.set(name, tensor);
    }
  }
  for (const [name, fileName] of fileOf) {
    if (!tensors.has(name)) {
      throw new CheckpointError(`${fileName} does not hold ${name}, although ${INDEX_FILE} puts it there.`);
    }
  }
  return tensors;
}

function readWeightMap(json: unknown): ReadonlyMap<string, string> {
  const weightMap = nested(fieldsOf(json, INDEX_FILE), 'weight_map');
  if (weightMap === null || weightMap.values.size === 0) {
    throw new CheckpointError(`${INDEX_FILE} has no weight_map, expected {tensor: file}.`);
  }
  const fileOf = new Map<string, string>();
  for (const [name, fileName] of weightMap.values) {
    if (typeof fileName !== 'string' || !/^[\w.-]+\.safetensors$/.test(fileName)) {
      throw new CheckpointError(
        `${INDEX_FILE} puts ${name} in ${showValue(fileName)}, expected the name of a .safetensors file beside it.`,
      );
    }
    fileOf.set(name, fileName);
  }
  return fileOf;
}

async function noWeights(folder: CheckpointFolder, signal?: AbortSignal): Promise<CheckpointError> {
  for (const fileName of PICKLE_FILES) {
    if ((await folder.open(fileName, signal)) === null) continue;
    return new CheckpointError(
      `${folder.name} has only ${fileName}, a Python pickle, which Splitscope does not open because opening one can run code. Convert it: ` +
        `python -c "from transformers import AutoModelForCausalLM as M; M.from_pretrained('${folder.name}').save_pretrained('NEW_FOLDER')"`,
    );
  }
  for (const [fileName, from] of OTHER_FRAMEWORKS) {
    if ((await folder.open(fileName, signal)) === null) continue;
    return new CheckpointError(
      `${folder.name} has only ${fileName}, expected ${SINGLE_FILE} or ${INDEX_FILE}. Convert it: ` +
        `python -c "from transformers import AutoModelForCausalLM as M; M.from_pretrained('${folder.name}', ${from}=True).save_pretrained('NEW_FOLDER')"`,
    );
  }
  const adapter = await folder.open(ADAPTER_CONFIG, signal);
  if (adapter) return new CheckpointError(adapterWords(folder.name, await readJson(adapter, signal)));
  return new CheckpointError(`${folder.name} has neither ${SINGLE_FILE} nor ${INDEX_FILE}. Choose a folder that has.`);
}
