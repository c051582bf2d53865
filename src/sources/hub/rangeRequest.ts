// One range of a file over HTTP, whatever the connection does: dropped, refused for now or stalled, it goes on from the byte reached.
// @huggingface/hub's own blobs read ranges too, but give a dropped piece up whole and cannot pause (docs/decisions/).
import { wait, whenRunning } from '../pausing.ts';
import { readChunks } from '../readChunks.ts';
import { SourceError } from '../sourceError.ts';
import { backOffMs, isTransient, MAX_ATTEMPTS, retryAfterMs, tryingAgain } from './backOff.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { fileUrl } from './endpoint.ts';
import { hubFetch, unreachable } from './hubFetch.ts';
import { type ByteRange, brokenOff, busy, checkAnswer, type HubFile, rangeHeaders, tooMany } from './rangeAnswer.ts';

export type RangeOptions = ByteRange &
  ConnectionOptions & {
    readonly onBytes?: ((count: number) => void) | undefined; // as they arrive
    readonly onWait?: ((why: string) => void) | undefined; // before a repetition
  };

/** Reads exactly these bytes. Throws SourceError; the signal's reason where it aborts. */
export async function readRange(file: HubFile, options: RangeOptions): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(options.byteLength);
  const { signal, pausing, onWait = () => {} } = options;
  let doneBytes = 0;
  let attempt = 0;
  while (doneBytes < bytes.byteLength) {
    await whenRunning(pausing, signal);
    const before = doneBytes;
    const restart = () => {
      options.onBytes?.(-doneBytes);
      doneBytes = 0;
    };
    const take = (chunk: Uint8Array) => {
      if (doneBytes + chunk.byteLength > bytes.byteLength) throw tooMany(file, options);
      bytes.set(chunk, doneBytes);
      doneBytes += chunk.byteLength;
      options.onBytes?.(chunk.byteLength);
    };
    const outcome = await attemptRange(file, options, doneBytes, { take, restart });
    if (outcome === 'done' && doneBytes === bytes.byteLength) break;
    if (outcome === 'paused') continue;
    attempt = doneBytes > before ? 1 : attempt + 1;
    const failure = outcome === 'done' ? { error: brokenOff(file, options, doneBytes), retryAfterMs: null } : outcome;
    if (attempt >= MAX_ATTEMPTS) throw failure.error;
    const delayMs = failure.retryAfterMs ?? backOffMs(attempt);
    onWait(`${failure.error.message} ${tryingAgain(delayMs)}`);
    await wait(delayMs, signal);
  }
  return bytes;
}

type Passing = { readonly error: SourceError; readonly retryAfterMs: number | null };

/** One connection: 'done' when its body ended, 'paused' when it was let go, or what made it fail for now. Throws what is final. */
async function attemptRange(
  file: HubFile,
  options: RangeOptions,
  doneBytes: number,
  { take, restart }: { readonly take: (chunk: Uint8Array) => void; readonly restart: () => void },
): Promise<'done' | 'paused' | Passing> {
  const { access, commit, fileName } = file;
  const connection = new Connection(options);
  const url = fileUrl(access, commit, fileName);
  try {
    const response = await hubFetch(access, connection.signal)(url, {
      headers: rangeHeaders(file, options, doneBytes),
    });
    connection.heard();
    if (isTransient(response.status)) {
      await response.body?.cancel();
      const retry = retryAfterMs(response.headers.get('Retry-After'), Date.now());
      return { error: busy(file, response.status), retryAfterMs: retry };
    }
    if ((await checkAnswer(file, options, doneBytes, response)) === 'whole' && doneBytes > 0) restart();
    if (response.body) {
      for await (const chunk of readChunks(response.body)) {
        connection.heard();
        take(chunk);
      }
    }
    return 'done';
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    if (connection.isPaused) return 'paused';
    return {
      error: unreachable(url, connection.isStalled ? new Error('nothing came for too long') : error),
      retryAfterMs: null,
    };
  } finally {
    connection.close();
  }
}
