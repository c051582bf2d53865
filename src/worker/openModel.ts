// Opens the model that a reference names: its checkpoint, its tokenizer, the hash of its weights.
import { type Checkpoint, type ModelReference, openCheckpoint, openRequired, readJson } from '../engine/index.ts';
import { bundledFolder, type DownloadProgress } from '../sources/bundled.ts';
import { hashWeights } from '../sources/weightsHash.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { type Handling, KnownFailure } from './host.ts';

export type OpenedModel = {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly hash: string; // sha256 of the weights' bytes, hex
};

/** Opens a bundled model that lies at `baseUrl`. Throws `input` for other sources, which this version does not read in the page. */
export async function openModel(reference: ModelReference, baseUrl: string, handling: Handling): Promise<OpenedModel> {
  if (reference.source !== 'bundled') {
    throw new KnownFailure('input', `Models from ${reference.source} cannot be opened yet; choose a bundled model.`);
  }
  const onProgress = ({ doneBytes, totalBytes }: DownloadProgress) =>
    handling.onProgress({ kind: 'load', phase: 'download', done: doneBytes, total: totalBytes, unit: 'bytes' });
  const folder = bundledFolder({ name: reference.name, baseUrl, onProgress });
  const read = async (fileName: string) =>
    readJson(await openRequired(folder, fileName, handling.signal), handling.signal);
  const [tokenizerJson, tokenizerConfig] = await Promise.all([read('tokenizer.json'), read('tokenizer_config.json')]);
  const checkpoint = await openCheckpoint(folder, handling.signal);
  return {
    checkpoint,
    tokenizer: createTokenizer(tokenizerJson, tokenizerConfig),
    hash: await hashWeights(checkpoint),
  };
}
