// The models that are served with the page: a CheckpointFolder over `models/NAME/…`. A file is fetched whole and kept in memory.
import type { ByteSource, CheckpointFolder } from '../engine/index.ts';
import { bytesSource } from './bytesSource.ts';
import { readChunks } from './readChunks.ts';

export type DownloadProgress = {
  readonly fileName: string;
  readonly doneBytes: number;
  readonly totalBytes: number; // doneBytes, where the server does not say
};

export type BundledOptions = {
  readonly name: string; // 'demo-gqa': models/NAME/
  readonly baseUrl: string; // of the page: models/ lies below it
  readonly onProgress?: (progress: DownloadProgress) => void;
};

/** Opens a bundled model's folder. A file that is not served opens as null; other failures throw, naming the address and the status. */
export function bundledFolder({ name, baseUrl, onProgress = () => {} }: BundledOptions): CheckpointFolder {
  if (!/^\w[\w.-]*$/.test(name))
    throw new Error(`"${name}" is no name of a bundled model, expected one like demo-gqa.`);
  const folderUrl = new URL(`models/${name}/`, baseUrl);
  const held = new Map<string, Promise<ByteSource | null>>();
  return {
    name,
    open(fileName, signal) {
      const kept = held.get(fileName);
      if (kept) return kept;
      const opening = download(new URL(fileName, folderUrl), fileName, onProgress, signal).then(
        (bytes) => bytes && bytesSource(fileName, bytes),
      );
      held.set(fileName, opening);
      opening.catch(() => held.delete(fileName)); // asked again, it is fetched again
      return opening;
    },
  };
}

async function download(
  url: URL,
  fileName: string,
  onProgress: (progress: DownloadProgress) => void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await request(url, signal);
  // A server of single-page apps answers an unknown address with its page.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.status === 404 || (response.ok && isPage)) return null;
  if (!response.ok || !response.body) {
    throw new Error(`${url.href} answered ${response.status} ${response.statusText}, expected 200 and the file.`);
  }
  const expectedBytes = lengthOf(response);
  const chunks: Uint8Array[] = [];
  let doneBytes = 0;
  const tell = () => onProgress({ fileName, doneBytes, totalBytes: expectedBytes ?? doneBytes });
  tell();
  for await (const chunk of readChunks(response.body)) {
    chunks.push(chunk);
    doneBytes += chunk.byteLength;
    tell();
  }
  if (expectedBytes !== null && doneBytes !== expectedBytes) {
    throw new Error(`${url.href} broke off after ${doneBytes} of ${expectedBytes} bytes. Load the page again.`);
  }
  return joined(chunks, doneBytes);
}

async function request(url: URL, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Error(`${url.href} could not be fetched. Is the server that the page came from still running?`, {
      cause,
    });
  }
}

/** Bytes of the file; null where the header counts compressed ones or is missing. */
function lengthOf(response: Response): number | null {
  const header = response.headers.get('content-length');
  return header === null || response.headers.has('content-encoding') ? null : Number(header);
}

function joined(chunks: readonly Uint8Array[], byteLength: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(byteLength);
  let byteOffset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, byteOffset);
    byteOffset += chunk.byteLength;
  }
  return whole;
}
