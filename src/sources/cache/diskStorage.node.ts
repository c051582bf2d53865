// Storage in a folder of the disk: the cache for Node.
import { mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Storage, StoredFile } from './storage.ts';

/** Keeps files below this folder, which is made when first written to. */
export function diskStorage(root: string): Storage {
  const at = (path: readonly string[]) => join(root, ...path);
  return {
    async openFile(path) {
      await mkdir(dirname(at(path)), { recursive: true });
      return storedFile(at(path), 'write');
    },
    async openForReading(path) {
      try {
        return await storedFile(at(path), 'read');
      } catch (error) {
        return absent(error);
      }
    },
    async list(path) {
      const entries = await readdir(at(path), { withFileTypes: true }).catch(absent);
      return (entries ?? []).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    },
    remove: (path) => rm(at(path), { recursive: true, force: true }),
    async room() {
      const { bavail, bsize, blocks } = await statfs(dirname(at(['x'])));
      return { usedBytes: (blocks - bavail) * bsize, quotaBytes: blocks * bsize };
    },
  };
}

async function storedFile(path: string, how: 'read' | 'write'): Promise<StoredFile> {
  // r+ needs the file, and w+ would empty it: made by `a`, then opened for both.
  if (how === 'write') await (await open(path, 'a')).close();
  const file = await open(path, how === 'write' ? 'r+' : 'r');
  let { size } = await file.stat();
  return {
    get byteLength() {
      return size;
    },
    async read(byteOffset, byteLength) {
      const bytes = new Uint8Array(byteLength);
      const { bytesRead } = await file.read(bytes, 0, byteLength, byteOffset);
      return bytes.subarray(0, bytesRead);
    },
    async write(byteOffset, bytes) {
      await file.write(bytes, 0, bytes.byteLength, byteOffset);
      size = Math.max(size, byteOffset + bytes.byteLength);
    },
    close: () => file.close(),
  };
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
