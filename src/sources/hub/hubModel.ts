// What opening a model from a hub would take, before a byte of its weights is read: refused where its config shows that it cannot run.
import {
  CheckpointError,
  type CheckpointFolder,
  openCheckpoint,
  openRequired,
  readConfig,
  readJson,
} from '../../engine/index.ts';
import type { ModelCache } from '../cache/modelCache.ts';
import type { Repository } from './repository.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
const SMALL_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;

export type ModelBytes = {
  readonly modelType: string;
  readonly totalBytes: number; // of all files that the model needs
  readonly cachedBytes: number; // of these, in the cache
};

/** Reads config and index, and counts bytes. Throws CheckpointError for what cannot run: architecture, pickles, no tokenizer. */
export async function measureModel(
  folder: CheckpointFolder,
  { access, commit, files }: Repository,
  cache: ModelCache | null,
  signal?: AbortSignal,
): Promise<ModelBytes> {
  const { modelType } = readConfig(await readJson(await openRequired(folder, 'config.json', signal), signal));
  const names = new Set<string>(SMALL_FILES.filter((name) => files.has(name)));
  if (files.has(SINGLE_FILE)) names.add(SINGLE_FILE);
  else for (const name of await shardNames(folder, signal)) names.add(name);
  await openRequired(folder, 'tokenizer.json', signal); // after the weights: a repository of pickles often lacks both
  let [totalBytes, cachedBytes] = [0, 0];
  for (const fileName of names) {
    const file = files.get(fileName);
    if (file === undefined) throw new CheckpointError(`${access.repo} has no ${fileName}, which ${INDEX_FILE} names.`);
    totalBytes += file.byteLength;
    cachedBytes += (await cache?.peek({ ...access, commit, fileName }))?.cachedBytes ?? 0;
  }
  return { modelType, totalBytes, cachedBytes };
}

async function shardNames(folder: CheckpointFolder, signal?: AbortSignal): Promise<readonly string[]> {
  const index = await folder.open(INDEX_FILE, signal);
  if (index === null) {
    await openCheckpoint(folder, signal); // words what there is instead, and throws
    throw new Error(`internal: ${folder.name} opened without weights`);
  }
  const json = await readJson(index, signal);
  const map: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'weight_map') : null;
  const names = typeof map === 'object' && map !== null ? Object.values(map) : [];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}
