// What diff, run, generate, sweep and paths begin with: a checkpoint folder, the ids of the prompt, the model on the GPU.
import {
  type Checkpoint,
  lengthNote,
  loadModel,
  type Model,
  openCheckpoint,
  openRequired,
  readJson,
  whyNotInVocabulary,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { say, UsageError } from './command.ts';
import { openDawn } from './dawn.ts';
import { type EditsWish, refuseLostEdits } from './editsWish.ts';

/** The prompt as it was given: text, or ids. */
export type PromptWish = {
  readonly prompt?: string | undefined;
  readonly tokens?: string | undefined;
  readonly prependBos?: boolean | 'model'; // of the text; left out: 'model'
};

/** What is to be run in a folder. */
export type DirectoryWish = {
  readonly prompts: { readonly clean: PromptWish; readonly corrupted: PromptWish | null };
  readonly edits: EditsWish;
};

export type OpenedDirectory = {
  readonly checkpoint: Checkpoint;
  readonly model: Model;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
};

/** Opens the checkpoint, then the tokenizer where there is text, then the GPU: what is wrong is told before the dear part. */
export async function openDirectory(directory: string, { prompts, edits }: DirectoryWish): Promise<OpenedDirectory> {
  const checkpoint = await openCheckpoint(nodeFolder(directory));
  const corruptedTokenIds = prompts.corrupted && (await readPrompt(directory, prompts.corrupted));
  const tokenIds = await readPrompt(directory, prompts.clean);
  refuseLostEdits(edits, { model: checkpoint, nPos: tokenIds.length, nCorrupted: corruptedTokenIds?.length ?? null });
  const model = await openModel(checkpoint, [tokenIds, ...(corruptedTokenIds ? [corruptedTokenIds] : [])]);
  return { checkpoint, model, tokenIds, corruptedTokenIds };
}

/** Opens the GPU and loads the model, for these prompts. Throws UsageError for an id that is not in the vocabulary. */
export async function openModel(checkpoint: Checkpoint, prompts: readonly (readonly number[])[]): Promise<Model> {
  const wrong = whyNotInVocabulary(prompts.flat(), checkpoint.config.dVocab);
  if (wrong !== null) throw new UsageError(wrong);
  for (const { length } of prompts) {
    const note = lengthNote(checkpoint.config, length);
    if (note !== null) say(`The prompt of ${length} tokens is ${note}.`);
  }
  const gpu = await openDawn();
  return loadModel(gpu, checkpoint, { onProgress: loading(checkpoint) });
}

/** The ids of a prompt. Throws UsageError where it is given in no way or in both. */
export async function readPrompt(
  directory: string,
  { prompt, tokens, prependBos = 'model' }: PromptWish,
): Promise<readonly number[]> {
  if ((prompt === undefined) === (tokens === undefined)) {
    throw new UsageError('Give either --prompt "text" or --tokens 1,2,3.');
  }
  if (tokens !== undefined) {
    const ids = tokens.split(',').map((text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN));
    if (ids.some(Number.isNaN)) throw new UsageError(`--tokens is ${tokens}, expected ids: 1,2,3.`);
    return ids;
  }
  if ((await nodeFolder(directory).open('tokenizer.json')) === null)
    say('Without a tokenizer.json, --tokens gives the prompt as ids.');
  const ids = (await openTokenizer(directory)).encode(prompt ?? '', prependBos);
  say(`${ids.length} ${ids.length === 1 ? 'token' : 'tokens'}: ${ids.join(',')}`);
  return ids;
}

/** Opens the folder's tokenizer. Throws where there is none. */
export async function openTokenizer(directory: string): Promise<Tokenizer> {
  const folder = nodeFolder(directory);
  const json = await readJson(await openRequired(folder, 'tokenizer.json'));
  const config = await folder.open('tokenizer_config.json');
  return createTokenizer(json, config && (await readJson(config)));
}

function loading({ byteLength }: Checkpoint): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((10 * done) / total);
    if (tenth > told && byteLength > 1 << 28) say(`loading: ${10 * tenth} %`);
    told = tenth;
  };
}
