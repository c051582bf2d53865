// Storage in the browser's origin-private file system. Writing needs a dedicated worker: only there are sync access handles.
import type { Room, Storage, StoredEntry, StoredFile } from './storage.ts';

/** The site's own storage; null where this context has none (no worker, private windows of some browsers). */
export async function opfsStorage(): Promise<Storage | null> {
  if (typeof navigator === 'undefined' || typeof navigator.storage?.getDirectory !== 'function') return null;
  if (typeof FileSystemFileHandle === 'undefined' || !('createSyncAccessHandle' in FileSystemFileHandle.prototype))
    return null;
  try {
    return new OpfsStorage(await navigator.storage.getDirectory());
  } catch {
    return null; // Firefox refuses it in private windows
  }
}

class OpfsStorage implements Storage {
  readonly #root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  async openFile(path: readonly string[]): Promise<StoredFile> {
    const folder = await this.#folder(path.slice(0, -1), true);
    if (folder === null) throw new Error(`internal: ${path.join('/')} could not be made`);
    const handle = await folder.getFileHandle(path.at(-1) ?? '', { create: true });
    return storedFile(await handle.createSyncAccessHandle());
  }

  async openForReading(path: readonly string[]): Promise<StoredFile | null> {
    const folder = await this.#folder(path.slice(0, -1), false);
    const handle = await folder?.getFileHandle(path.at(-1) ?? '').catch(absent);
    return handle ? readOnlyFile(await handle.getFile()) : null;
  }

  async list(path: readonly string[]): Promise<readonly StoredEntry[]> {
    const folder = await this.#folder(path, false);
    const entries: StoredEntry[] = [];
    for await (const [name, handle] of folder?.entries() ?? [])
      entries.push({ name, isFolder: handle.kind === 'directory' });
    return entries;
  }

  async remove(path: readonly string[]): Promise<void> {
    const folder = await this.#folder(path.slice(0, -1), false);
    await folder?.removeEntry(path.at(-1) ?? '', { recursive: true }).catch(absent);
  }

  async room(): Promise<Room | null> {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? null : { usedBytes: usage, quotaBytes: quota };
  }

  async #folder(path: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle | null> {
    let folder: FileSystemDirectoryHandle | null = this.#root;
    for (const name of path) folder = folder && (await folder.getDirectoryHandle(name, { create }).catch(absent));
    return folder;
  }
}

function storedFile(handle: FileSystemSyncAccessHandle): StoredFile {
  return {
    get byteLength() {
      return handle.getSize();
    },
    async read(byteOffset, byteLength) {
      const bytes = new Uint8Array(byteLength);
      return bytes.subarray(0, handle.read(bytes, { at: byteOffset }));
    },
    async write(byteOffset, bytes) {
      const written = handle.write(bytes, { at: byteOffset });
      if (written !== bytes.byteLength)
        throw new Error(`only ${written} of ${bytes.byteLength} bytes could be written`);
    },
    close: async () => handle.close(),
  };
}

function readOnlyFile(file: File): StoredFile {
  return {
    byteLength: file.size,
    read: async (byteOffset, byteLength) =>
      new Uint8Array(await file.slice(byteOffset, byteOffset + byteLength).arrayBuffer()),
    write: async () => {
      throw new Error('internal: this file was opened for reading');
    },
    close: async () => {},
  };
}

function absent(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}
