// Recorded activations of a checkpoint folder (goldens.safetensors, meta.json), as transformers and TransformerLens computed them.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ReferenceTensor, readTensors } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';

export type GoldenFolder = {
  readonly path: string;
  readonly name: string;
  readonly tokenIds: readonly number[];
  readonly tensors: ReadonlyMap<string, ReferenceTensor>; // fused.blocks.0.attn.hook_q, hf64.logits, … ; batch axis first
};

/** Lists the folders at or below a directory that hold recorded activations, by path. Throws where it is no folder. */
export async function findGoldenFolders(directory: string): Promise<string[]> {
  const isFolder = await stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new Error(`${directory} is no folder. Give one that holds checkpoints with a goldens.safetensors.`);
  }
  const entries = await readdir(directory, { withFileTypes: true });
  const own = entries.some((entry) => entry.name === 'goldens.safetensors') ? [directory] : [];
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => findGoldenFolders(join(directory, entry.name))),
  );
  return [...own, ...below.flat()].sort();
}

/** Reads a folder's recorded activations. Throws where meta.json or the recording is missing or malformed. */
export async function readGoldenFolder(path: string): Promise<GoldenFolder> {
  const source = await nodeFolder(path).open('goldens.safetensors');
  if (!source) throw new Error(`${path} has no goldens.safetensors`);
  return { path, name: basename(path), tokenIds: await readTokenIds(path), tensors: await readTensors(source) };
}

async function readTokenIds(path: string): Promise<number[]> {
  const meta: unknown = JSON.parse(await readFile(join(path, 'meta.json'), 'utf8'));
  const ids = typeof meta === 'object' && meta !== null && 'input_ids' in meta ? meta.input_ids : null;
  if (!Array.isArray(ids) || !ids.every((id): id is number => Number.isInteger(id))) {
    throw new Error(`${path}/meta.json has no list of integers input_ids`);
  }
  return ids;
}
