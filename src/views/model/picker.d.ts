// File System Access' folder picker, which TypeScript's DOM library leaves out; where there is none, `canPickFolder` says so.

interface Window {
  showDirectoryPicker(options?: { id?: string }): Promise<FileSystemDirectoryHandle>;
}
