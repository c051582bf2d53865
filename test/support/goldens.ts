// Recorded activations for tests: the folders that the project carries, and all of the shared ones where they lie beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type GoldenEdit, readGoldenEdits } from '../../src/cli/goldenEdits.ts';
import { openCheckpoint } from '../../src/engine/checkpoint/openCheckpoint.ts';
import { readReferenceWeights } from '../../src/engine/reference/loadWeights.ts';
import { readTensors } from '../../src/engine/reference/readTensors.ts';
import type { ReferenceTensor } from '../../src/engine/reference/referenceTensor.ts';
import { nodeFolder } from '../../src/sources/folder.node.ts';

export const SHARED_GOLDENS = '../shared/goldens';
const FIXTURES = 'test/fixtures/goldens';

export type GoldenMeta = {
  readonly input_ids: readonly number[];
  readonly corrupted_input_ids?: readonly number[];
};

/** Lists checkpoint folders with recorded activations, by path: the project's own, then the shared ones where they are. */
export function goldenFolders(): readonly string[] {
  return [FIXTURES, SHARED_GOLDENS].filter(existsSync).flatMap((root) =>
    readdirSync(root)
      .map((name) => `${root}/${name}`)
      .filter((folder) => existsSync(`${folder}/goldens.safetensors`)),
  );
}

export function readMeta(folder: string): GoldenMeta {
  return JSON.parse(readFileSync(`${folder}/meta.json`, 'utf8'));
}

/** Reads a folder's recorded interventions. */
export function goldenEdits(folder: string): GoldenEdit[] {
  const meta = readMeta(folder);
  return readGoldenEdits(meta, `${folder}/meta.json`, meta.input_ids.length);
}

/** Reads a folder's recorded tensors, by their recorded names (batch axis first). */
export async function readGoldens(folder: string): Promise<Map<string, ReferenceTensor>> {
  const source = await nodeFolder(folder).open('goldens.safetensors');
  if (!source) throw new Error(`${folder} has no goldens.safetensors`);
  return readTensors(source);
}

/** Opens a folder's checkpoint and widens its weights to f64. */
export async function openReference(folder: string) {
  const checkpoint = await openCheckpoint(nodeFolder(folder));
  return { config: checkpoint.config, weights: await readReferenceWeights(checkpoint) };
}
