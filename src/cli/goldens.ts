// Recorded activations of a checkpoint folder (goldens.safetensors, meta.json), as transformers and TransformerLens computed them.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ReferenceTensor, readTensors } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type GoldenEdit, readGoldenEdits } from './goldenEdits.ts';

export type GoldenFolder = {
  readonly path: string;
  readonly name: string;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly edits: readonly GoldenEdit[];
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
  const meta: unknown = JSON.parse(await readFile(join(path, 'meta.json'), 'utf8'));
  const where = `${path}/meta.json`;
  const tokenIds = tokenIdsOf(meta, 'input_ids');
  if (!tokenIds) throw new Error(`${where} has no list of integers input_ids`);
  return {
    path,
    name: basename(path),
    tokenIds,
    corruptedTokenIds: tokenIdsOf(meta, 'corrupted_input_ids'),
    edits: readGoldenEdits(meta, where),
    tensors: await readTensors(source),
  };
}

function tokenIdsOf(meta: unknown, field: 'input_ids' | 'corrupted_input_ids'): number[] | null {
  const ids: unknown = typeof meta === 'object' && meta !== null ? Reflect.get(meta, field) : null;
  return Array.isArray(ids) && ids.every((id): id is number => Number.isInteger(id)) ? ids : null;
}
