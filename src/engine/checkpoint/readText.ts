// Reads a whole small file of a checkpoint folder as text or JSON: config.json, tokenizer.json, a shard index.
import type { ByteSource, CheckpointFolder } from './byteSource.ts';
import { CheckpointError, showValue } from './checkpointError.ts';

/** No JSON file of a checkpoint is larger: Gemma-3's tokenizer.json has 33 MB. */
const MAX_TEXT_BYTES = 256 * 2 ** 20;

/** Decodes a whole file as UTF-8. Throws CheckpointError where it is none, or absurdly large. */
export async function readText(source: ByteSource, signal?: AbortSignal): Promise<string> {
  if (source.byteLength > MAX_TEXT_BYTES) {
    throw new CheckpointError(
      `${source.name} has ${source.byteLength} bytes, expected a text file of at most ${MAX_TEXT_BYTES}.`,
    );
  }
  return decodeUtf8(await source.read(0, source.byteLength, signal), source.name);
}

/** Parses a whole file as JSON. Throws CheckpointError naming the file. */
export async function readJson(source: ByteSource, signal?: AbortSignal): Promise<unknown> {
  return parseJson(await readText(source, signal), source.name);
}

/** Opens a file that the folder must have. Throws CheckpointError naming the file and the folder. */
export async function openRequired(
  folder: CheckpointFolder,
  fileName: string,
  signal?: AbortSignal,
): Promise<ByteSource> {
  const source = await folder.open(fileName, signal);
  if (source === null) {
    const layout = 'Expected a folder in the Hugging Face layout: config.json, tokenizer.json and model.safetensors.';
    const way = fileName === 'tokenizer.json' ? ` ${tokenizerWay(folder.name)}` : '';
    throw new CheckpointError(`${folder.name} has no ${fileName}. ${layout}${way}`);
  }
  return source;
}

/** Old checkpoints have their tokenizer in files of its own (tokenizer.model, vocab.json), which transformers converts. */
function tokenizerWay(name: string): string {
  return `From other tokenizer files transformers writes one: python -c "from transformers import AutoTokenizer as T; T.from_pretrained('${name}').save_pretrained('NEW_FOLDER')"`;
}

/** Decodes UTF-8 strictly. Throws CheckpointError naming `where`. */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CheckpointError(`${where} is not valid UTF-8 text. Was it downloaded completely?`, { cause });
  }
}

/** Parses JSON. Throws CheckpointError naming `where`. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    refuseLfsPointer(text, where);
    const start = JSON.stringify(text.trimStart().slice(0, 40));
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`${where} is not valid JSON (it begins with ${start}): ${showValue(why)}`, { cause });
  }
}

/** What a repository cloned without Git LFS holds in place of a large file. Throws CheckpointError where a file begins like one. */
export function refuseLfsPointer(start: string, where: string): void {
  if (!start.startsWith('version ')) return;
  throw new CheckpointError(`${where} is a Git LFS pointer, not the file itself. Fetch it: git lfs pull`);
}
