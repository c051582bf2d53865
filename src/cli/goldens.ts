// Recorded activations of a checkpoint folder (goldens.safetensors, meta.json), as transformers and TransformerLens computed them.
// What one recording has and another has not is optional; a batch of prompts is so many recordings of one.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ReferenceTensor, readTensors } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { type GoldenEdit, readGoldenEdits } from './goldenEdits.ts';

/** One prompt's recording. */
export type Golden = {
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly edits: readonly GoldenEdit[];
  readonly tensors: ReadonlyMap<string, ReferenceTensor>; // fused.blocks.0.attn.hook_q, hf64.logits, … ; batch axis first
};

export type GoldenFolder = { readonly path: string; readonly name: string; readonly prompts: readonly Golden[] };

/** Lists the folders at or below a directory that hold recorded activations, by path. Throws where it is no folder. */
export async function findGoldenFolders(directory: string): Promise<string[]> {
  if (!(await isFolder(directory))) {
    throw new Error(`${directory} is no folder. Give one that holds checkpoints with a goldens.safetensors.`);
  }
  return (await foldersBelow(directory, new Set())).sort();
}

/** `seen` holds the real paths that were looked into: links may go round. */
async function foldersBelow(directory: string, seen: Set<string>): Promise<string[]> {
  const real = await realpath(directory);
  if (seen.has(real)) return [];
  seen.add(real);
  const entries = await readdir(directory, { withFileTypes: true });
  const found = entries.some((entry) => entry.name === 'goldens.safetensors') ? [directory] : [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    const leadsOn = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)));
    if (leadsOn) found.push(...(await foldersBelow(path, seen)));
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** Reads a folder's recorded activations. Throws where meta.json or the recording is missing or malformed. */
export async function readGoldenFolder(path: string): Promise<GoldenFolder> {
  const source = await nodeFolder(path).open('goldens.safetensors');
  if (!source) throw new Error(`${path} has no goldens.safetensors`);
  const meta: unknown = JSON.parse(await readFile(join(path, 'meta.json'), 'utf8'));
  const where = `${path}/meta.json`;
  const prompts = promptsOf(meta, 'input_ids');
  if (!prompts) throw new Error(`${where} has no list of integers input_ids`);
  const corrupted = promptsOf(meta, 'corrupted_input_ids');
  const tensors = await readTensors(source, { others: 'left out' });
  return {
    path,
    name: basename(path),
    prompts: prompts.map((tokenIds, at) => ({
      tokenIds,
      corruptedTokenIds: corrupted?.[at] ?? null,
      edits: readGoldenEdits(meta, where, tokenIds.length),
      tensors: prompts.length === 1 ? tensors : ofPrompt(tensors, at, prompts.length),
    })),
  };
}

/** The tensors of one prompt of a batch: a batch axis of 1. */
function ofPrompt(tensors: Golden['tensors'], at: number, batch: number): Golden['tensors'] {
  return new Map(
    [...tensors].flatMap(([name, { shape, values }]) => {
      if (shape[0] !== batch) return [];
      const length = values.length / batch;
      return [[name, { shape: [1, ...shape.slice(1)], values: values.slice(at * length, (at + 1) * length) }] as const];
    }),
  );
}

/** Ids of one prompt, or of each prompt of a batch. */
function promptsOf(meta: unknown, field: 'input_ids' | 'corrupted_input_ids'): number[][] | null {
  const ids: unknown = typeof meta === 'object' && meta !== null ? Reflect.get(meta, field) : null;
  if (!Array.isArray(ids) || ids.length === 0) return null;
  if (isIds(ids)) return [ids];
  return ids.every(isIds) ? ids : null;
}

function isIds(ids: unknown): ids is number[] {
  return Array.isArray(ids) && ids.length > 0 && ids.every((id) => Number.isInteger(id));
}
