// Files that a person chose on this machine, as a checkpoint folder. Read by slices; nothing is read before it is asked for.
import { type ByteSource, CheckpointError, type CheckpointFolder } from '../engine/index.ts';
import { hashedSource } from './hashing/hashedSource.ts';
import { messageOf, SourceError } from './sourceError.ts';

/** A chosen file; `path` begins with the folder where one was chosen: 'gpt2/config.json'. */
export type LocalFile = { readonly path: string; readonly blob: Blob };

/** Takes the files beside the config.json that is least deep. Throws CheckpointError where there is none. */
export function localFolder(name: string, files: readonly LocalFile[]): CheckpointFolder {
  const configs = files.filter(({ path }) => baseName(path) === 'config.json');
  const [config] = configs.sort((a, b) => a.path.split('/').length - b.path.split('/').length);
  if (config === undefined) {
    const some = files.slice(0, 5).map(({ path }) => baseName(path));
    throw new CheckpointError(
      `${name} has no config.json among its ${files.length} files (${some.join(', ') || 'none'}). ` +
        'Choose the whole folder of a model: config.json, tokenizer.json and its .safetensors files.',
    );
  }
  const folder = config.path.slice(0, -'config.json'.length);
  const beside = new Map(
    files.filter(({ path }) => path === folder + baseName(path)).map((file) => [baseName(file.path), file]),
  );
  const opened = new Map<string, ByteSource>();
  return {
    name,
    async open(fileName, signal) {
      signal?.throwIfAborted();
      const file = beside.get(fileName);
      if (file === undefined) return null;
      const source = opened.get(fileName) ?? sourceOf(fileName, file.blob);
      opened.set(fileName, source);
      return source;
    },
  };
}

function sourceOf(name: string, blob: Blob): ByteSource {
  const source = blobSource(name, blob);
  return name.endsWith('.safetensors') ? hashedSource(source) : source;
}

/** A ByteSource over a file, read by slices. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    byteLength: blob.size,
    async read(byteOffset, byteLength, signal) {
      signal?.throwIfAborted();
      if (byteOffset < 0 || byteLength < 0 || byteOffset + byteLength > blob.size) {
        throw new RangeError(
          `${name} has ${blob.size} bytes, not ${byteLength} from byte ${byteOffset}. Is it cut off?`,
        );
      }
      try {
        return new Uint8Array(await blob.slice(byteOffset, byteOffset + byteLength).arrayBuffer());
      } catch (cause) {
        throw new SourceError(
          'mismatch',
          `${name} cannot be read (${messageOf(cause)}). Was it changed or moved? Choose it again.`,
          { cause },
        );
      }
    },
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
