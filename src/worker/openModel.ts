// A model that was opened: its checkpoint, its tokenizer, and the hash of its weights once they went by.
import {
  type Checkpoint,
  type CheckpointFolder,
  type ModelReference,
  openCheckpoint,
  openRequired,
  readEndIds,
  readJson,
} from '../engine/index.ts';
import { hashWeights } from '../sources/weightsHash.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelOrigin } from './modelProtocol.ts';

export type OpenedModel = {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly endIds: readonly number[]; // tokens that end a text
  /** sha256 of the weights' bytes, hex; checked against what the source promises. Reads what loading did not. */
  readonly hash: () => Promise<string>;
  readonly referenceOf: (hash: string) => ModelReference;
  readonly origin: () => Promise<ModelOrigin>;
  /** Bytes of the checkpoint that are on the GPU. */
  readonly onUpload: (done: number, total: number) => void;
  /** Lets go of what the source holds open; called where loading fails. */
  readonly close: () => Promise<void>;
};

/** What every source has in common. A tokenizer_config.json may be missing; a tokenizer.json may not. */
export async function openFolder(
  folder: CheckpointFolder,
  signal: AbortSignal,
): Promise<Pick<OpenedModel, 'checkpoint' | 'tokenizer' | 'endIds' | 'hash'>> {
  const checkpoint = await openCheckpoint(folder, signal);
  const tokenizerJson = await readJson(await openRequired(folder, 'tokenizer.json', signal), signal);
  const configFile = await folder.open('tokenizer_config.json', signal);
  const tokenizerConfig = configFile && (await readJson(configFile, signal));
  return {
    checkpoint,
    tokenizer: createTokenizer(tokenizerJson, tokenizerConfig),
    endIds: await readEndIds(folder, signal),
    hash: () => hashWeights(checkpoint, signal),
  };
}
