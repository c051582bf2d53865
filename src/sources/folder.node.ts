// A checkpoint folder on this machine's disk, read by slices. Node only: the command line and the tests.
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ByteSource, CheckpointFolder } from '../engine/index.ts';

/** Takes a directory as a checkpoint folder. A file that is missing opens as null; other failures throw, naming the path. */
export function nodeFolder(directory: string): CheckpointFolder {
  return {
    name: directory,
    async open(fileName: string, signal?: AbortSignal): Promise<ByteSource | null> {
      signal?.throwIfAborted();
      if (fileName !== basename(fileName)) throw new Error(`${fileName} is no name of a file in ${directory}.`);
      return openFile(join(directory, fileName), fileName);
    },
  };
}

async function openFile(path: string, name: string): Promise<ByteSource | null> {
  const byteLength = await withFile(path, async (file) => (await file.stat()).size);
  if (byteLength === null) return null;
  return {
    name,
    byteLength,
    async read(byteOffset, length, signal) {
      signal?.throwIfAborted();
      const bytes = await withFile(path, (file) => readExactly(file, path, byteOffset, length));
      if (bytes === null) throw new Error(`${path} was there and is gone.`);
      return bytes;
    },
  };
}

/** A handle lives as long as one read: no one has to close a source. */
async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    const isInAFile = cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR';
    if (isInAFile) throw new Error(`${dirname(path)} is a file, expected the folder that it lies in.`, { cause });
    throw new Error(`${path} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readExactly(
  file: FileHandle,
  path: string,
  byteOffset: number,
  byteLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(byteLength);
  let done = 0;
  while (done < byteLength) {
    const { bytesRead } = await file.read(bytes, done, byteLength - done, byteOffset + done);
    if (bytesRead === 0) {
      throw new Error(
        `${path} ended at byte ${byteOffset + done}, expected ${byteLength} bytes from byte ${byteOffset}.`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}
