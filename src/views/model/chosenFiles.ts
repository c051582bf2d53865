// Files out of a drop or a folder's handle, each with its path from the folder down.
import type { ChosenFile } from './modelView.ts';

export type Chosen = { readonly name: string; readonly files: readonly ChosenFile[] };

/** A folder deeper than this, or with more files, is no model's. */
const MAX_DEPTH = 2;
const MAX_FILES = 500;

type Entry = { readonly kind: string; readonly name: string };
export type FolderEntry = Entry & { getEntries(): AsyncIterable<FileEntry | FolderEntry | Entry> };
export type FileEntry = Entry & { getFile(): Promise<File> };

/** Reads a drop: a folder gives its name, loose files their common one. Null where nothing of it is a file. */
export async function readDrop(
  items: readonly (FileEntry | FolderEntry | { readonly kind: string })[],
): Promise<Chosen | null> {
  const files: ChosenFile[] = [];
  let name = '';
  for (const item of items) {
    if (isFolder(item)) {
      name ||= item.name;
      await readFolder(item, item.name, files, 1);
    } else if (isFile(item)) files.push({ path: item.name, blob: await item.getFile() });
  }
  return files.length === 0 ? null : { name: name || nameOf(files), files };
}

async function readFolder(folder: FolderEntry, path: string, files: ChosenFile[], depth: number): Promise<void> {
  for await (const entry of folder.getEntries()) {
    if (files.length >= MAX_FILES) return;
    if (isFile(entry)) files.push({ path: `${path}/${entry.name}`, blob: await entry.getFile() });
    else if (isFolder(entry) && depth < MAX_DEPTH) await readFolder(entry, `${path}/${entry.name}`, files, depth + 1);
  }
}

/** Reads what an `<input type="file">` gives, with webkitdirectory or without. */
export function readInput(list: Iterable<File>): Chosen | null {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
  const folder = files[0]?.path.split('/')[0];
  if (files.length === 0) return null;
  return { name: folder && files[0]?.path.includes('/') ? folder : nameOf(files), files };
}

/** Whether this browser can hand over a folder by File System Access. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/** Asks for a folder by File System Access; null where the reader thinks better of it. */
export async function pickFolder(): Promise<Chosen | null> {
  try {
    const handle = await window.showDirectoryPicker({ id: 'model' });
    const files: ChosenFile[] = [];
    await readFolder(asEntry(handle), handle.name, files, 1);
    return { name: handle.name, files };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

function asEntry(handle: FileSystemDirectoryHandle): FolderEntry {
  return {
    kind: 'directory',
    name: handle.name,
    async *getEntries() {
      for await (const child of handle.values()) {
        if (child instanceof FileSystemDirectoryHandle) yield asEntry(child);
        else if (child instanceof FileSystemFileHandle)
          yield { kind: 'file', name: child.name, getFile: () => child.getFile() };
      }
    },
  };
}

function isFile(item: { readonly kind: string }): item is FileEntry {
  return item.kind === 'file' && 'getFile' in item;
}

function isFolder(item: { readonly kind: string }): item is FolderEntry {
  return item.kind === 'directory' && 'getEntries' in item;
}

/** Loose files have no folder's name: the weights' is the nearest. */
function nameOf(files: readonly ChosenFile[]): string {
  const weights = files.find(({ path }) => path.endsWith('.safetensors')) ?? files[0];
  return (weights?.path ?? 'files').replace(/\.safetensors$/, '');
}
