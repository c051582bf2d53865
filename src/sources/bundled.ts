// Checkpoints that are served beside the page: models/NAME/…, fetched whole (they are small) and kept for this sitting.
import type { ByteSource, CheckpointFolder } from '../engine/index.ts';

export type BundledOptions = {
  readonly baseUrl: string; // of the page: models/ lies beside it
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void; // of the file under way
};

export type BundledFolder = CheckpointFolder & {
  /** sha256 of a file that was opened, in hex. Throws where it was not. */
  sha256(fileName: string): Promise<string>;
};

/** Opens a bundled model. A file that is missing opens as null; any other failure throws, naming the address and status. */
export function bundledFolder(name: string, options: BundledOptions): BundledFolder {
  const files = new Map<string, Promise<Uint8Array<ArrayBuffer> | null>>();
  const fetchOnce = (fileName: string, signal?: AbortSignal) => {
    const known = files.get(fileName);
    if (known) return known;
    const url = new URL(`models/${encodeURIComponent(name)}/${encodeURIComponent(fileName)}`, options.baseUrl);
    const fetched = fetchFile(url, options, signal);
    files.set(fileName, fetched);
    fetched.catch(() => files.delete(fileName));
    return fetched;
  };
  return {
    name,
    async open(fileName, signal) {
      const bytes = await fetchOnce(fileName, signal);
      return bytes && memorySource(fileName, bytes);
    },
    async sha256(fileName) {
      const bytes = await files.get(fileName);
      if (!bytes) throw new Error(`internal: ${name}/${fileName} was not opened`);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
}

/** Bytes in memory as a source. */
export function memorySource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    async read(byteOffset, byteLength, signal) {
      signal?.throwIfAborted();
      if (byteOffset + byteLength > bytes.byteLength) {
        throw new Error(`${name} has ${bytes.byteLength} bytes; ${byteLength} from ${byteOffset} on were asked for.`);
      }
      return bytes.slice(byteOffset, byteOffset + byteLength);
    },
  };
}

async function fetchFile(
  url: URL,
  options: BundledOptions,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await fetch(url, signal ? { signal } : {});
  // A static host may answer a missing file with its index page.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.status === 404 || (response.ok && isPage)) return null;
  if (!response.ok || !response.body) {
    throw new Error(
      `${url.pathname} could not be fetched: the server answered ${response.status} ${response.statusText}.`,
    );
  }
  const totalBytes = Number(response.headers.get('content-length') ?? 0);
  const pieces: Uint8Array[] = [];
  let doneBytes = 0;
  for await (const piece of response.body) {
    pieces.push(piece);
    doneBytes += piece.byteLength;
    options.onProgress?.(doneBytes, Math.max(totalBytes, doneBytes));
  }
  const bytes = new Uint8Array(doneBytes);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
