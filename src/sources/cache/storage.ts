// Storage: folders of files that can be written anywhere in between. OPFS in a worker, a folder of the disk in Node; the cache is built on it.

export interface StoredFile {
  readonly byteLength: number;
  /** Reads exactly these bytes, or fewer where the file ends. */
  read(byteOffset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes within or beyond the file's end. Throws where there is no room. */
  write(byteOffset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

export type StoredEntry = { readonly name: string; readonly isFolder: boolean };

export type Room = { readonly usedBytes: number; readonly quotaBytes: number };

export interface Storage {
  /** Opens a file for reading and writing, made if it is not there. Throws where someone else has it open. */
  openFile(path: readonly string[]): Promise<StoredFile>;
  /** Opens a file for reading alone, whoever else has it open; null where there is none. */
  openForReading(path: readonly string[]): Promise<StoredFile | null>;
  /** What a folder holds; nothing where there is none. */
  list(path: readonly string[]): Promise<readonly StoredEntry[]>;
  /** Removes a file or a folder with all in it, if it is there. */
  remove(path: readonly string[]): Promise<void>;
  /** What the host has given and what of it is used, all of the site's data counted; null where it does not say. */
  room(): Promise<Room | null>;
}

/** Whether a write failed because the host gives no more room; the disk's word for it counts as well as the browser's. */
export function isOutOfRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'QuotaExceededError' || ('code' in error && error.code === 'ENOSPC');
}
