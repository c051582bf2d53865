// What a dedicated worker's file handles can do and TypeScript's DOM library leaves out (it is in its WebWorker library).

interface FileSystemSyncAccessHandle {
  getSize(): number;
  read(buffer: AllowSharedBufferSource, options?: { at?: number }): number;
  write(buffer: AllowSharedBufferSource, options?: { at?: number }): number;
  close(): void;
}

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}
