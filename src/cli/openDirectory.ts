// What diff, run, generate, sweep and paths begin with: a checkpoint folder, the ids of the prompt, the model on the GPU.
import {
  type Checkpoint,
  lengthNote,
  loadModel,
  type Model,
  openCheckpoint,
  openRequired,
  readJson,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { say, UsageError } from './command.ts';
import { openDawn } from './dawn.ts';

/** The prompt as it was given: text, or ids. */
export type PromptWish = {
  readonly prompt?: string | undefined;
  readonly tokens?: string | undefined;
  readonly prependBos?: boolean | 'model'; // of the text; left out: 'model'
};

export type OpenedDirectory = {
  readonly checkpoint: Checkpoint;
  readonly model: Model;
  readonly tokenIds: readonly number[];
};

/** Opens the checkpoint, then the tokenizer where there is text, then the GPU: what is wrong is told before the dear part. */
export async function openDirectory(directory: string, wish: PromptWish): Promise<OpenedDirectory> {
  const checkpoint = await openCheckpoint(nodeFolder(directory));
  const tokenIds = await readPrompt(directory, wish);
  return { checkpoint, model: await openModel(checkpoint, tokenIds.length), tokenIds };
}

/** Opens the GPU and loads the model, for a prompt of so many tokens. */
export async function openModel(checkpoint: Checkpoint, nTokens: number): Promise<Model> {
  const note = lengthNote(checkpoint.config, nTokens);
  if (note !== null) say(`The prompt of ${nTokens} tokens is ${note}.`);
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
  const ids = (await openTokenizer(directory)).encode(prompt ?? '', prependBos);
  say(`${ids.length} tokens: ${ids.join(',')}`);
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
