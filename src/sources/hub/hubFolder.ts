// A hub repository at one commit as a checkpoint folder. Small files are read whole and checked before use; weights are read by pieces as
// they are asked for, kept in the cache, and checked when all of them went by.
import type { ByteSource, CheckpointFolder } from '../../engine/index.ts';
import { bytesSource } from '../bytesSource.ts';
import type { CachedFile } from '../cache/cachedFile.ts';
import type { ModelCache } from '../cache/modelCache.ts';
import { pieceCount, pieceRange } from '../cache/pieces.ts';
import { isOutOfRoom } from '../cache/storage.ts';
import { type HashingSource, hashedSource } from '../hashing/hashedSource.ts';
import type { Pausing } from '../pausing.ts';
import { Slots } from '../slots.ts';
import { messageOf, SourceError } from '../sourceError.ts';
import { checkFile, checkWhole } from './checkBytes.ts';
import { PiecedSource } from './piecedSource.ts';
import { type RangeOptions, readRange } from './rangeRequest.ts';
import type { Repository, RepositoryFile } from './repository.ts';

export type HubFolderOptions = {
  readonly repository: Repository;
  readonly cache: ModelCache | null;
  readonly pausing: Pausing;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (count: number) => void; // over the network, as they arrive
  readonly onWait?: (why: string | null) => void; // what holds it up; null when it goes on
  readonly onUncached?: (why: string, cause: unknown) => void; // a file is not kept
  readonly stallMs?: number;
};

/** Requests in flight, over all files: browsers hold six connections to a host over HTTP/1.1. */
const REQUESTS_IN_FLIGHT = 6;

export class HubFolder implements CheckpointFolder {
  readonly name: string;
  readonly #options: HubFolderOptions;
  readonly #slots = new Slots(REQUESTS_IN_FLIGHT);
  readonly #opened = new Map<string, Promise<ByteSource>>();
  readonly #cachedFiles: CachedFile[] = [];
  #fromCacheBytes = 0;

  constructor(options: HubFolderOptions) {
    this.name = options.repository.access.repo;
    this.#options = options;
  }

  /** Bytes of the files opened so far that were in the cache before. */
  get fromCacheBytes(): number {
    return this.#fromCacheBytes;
  }

  async open(fileName: string, signal?: AbortSignal): Promise<ByteSource | null> {
    signal?.throwIfAborted();
    const file = this.#options.repository.files.get(fileName);
    if (file === undefined) return null;
    const opening = this.#opened.get(fileName) ?? this.#open(fileName, file);
    this.#opened.set(fileName, opening);
    return opening;
  }

  /** Lets go of the cache's files. What was kept of them is found again by the next folder. */
  async close(): Promise<void> {
    await Promise.all(this.#cachedFiles.splice(0).map((file) => file.close()));
  }

  async #open(fileName: string, file: RepositoryFile): Promise<ByteSource> {
    const cached = await this.#cachedFile(fileName, file);
    return fileName.endsWith('.json') ? this.#whole(fileName, file, cached) : this.#byPieces(fileName, file, cached); // nothing of it is read before it is asked for
  }

  #byPieces(fileName: string, file: RepositoryFile, cached: CachedFile | null): HashingSource {
    const { repository, onUncached } = this.#options;
    const pieced = new PiecedSource({
      file: { access: repository.access, commit: repository.commit, fileName, byteLength: file.byteLength },
      cached,
      slots: this.#slots,
      onUncached: (cause) =>
        onUncached?.(`No more of ${fileName} is kept (${messageOf(cause)}); loading goes on without.`, cause),
      ...this.#moving(),
    });
    this.#fromCacheBytes += pieced.cachedBytes;
    if (cached?.hash)
      return {
        name: fileName,
        byteLength: file.byteLength,
        read: pieced.read.bind(pieced),
        sha256: async () => cached.hash ?? '',
      };
    const hashed = hashedSource(pieced);
    return {
      ...hashed,
      sha256: async (signal) => {
        const hash = await hashed.sha256(signal);
        await this.#kept(fileName, () => checkFile(pieced, hash, file, signal));
        await cached?.setHash(hash);
        return hash;
      },
    };
  }

  async #whole(fileName: string, file: RepositoryFile, cached: CachedFile | null): Promise<ByteSource> {
    const { repository } = this.#options;
    const { byteLength } = file;
    const pieces = Array.from({ length: pieceCount(byteLength) }, (_, index) => index);
    if (cached?.hash) {
      this.#fromCacheBytes += byteLength;
      const bytes = new Uint8Array(byteLength);
      for (const index of pieces) bytes.set(await cached.readPiece(index), pieceRange(index, byteLength).byteOffset);
      return bytesSource(fileName, bytes);
    }
    const hubFile = { access: repository.access, commit: repository.commit, fileName, byteLength };
    const bytes = await this.#slots.use(() => readRange(hubFile, { byteOffset: 0, byteLength, ...this.#moving() }));
    const source = bytesSource(fileName, bytes);
    const hash = await this.#kept(fileName, () => checkWhole(source, file));
    try {
      for (const index of pieces) {
        const range = pieceRange(index, byteLength);
        await cached?.writePiece(index, bytes.slice(range.byteOffset, range.byteOffset + range.byteLength));
      }
      await cached?.setHash(hash);
    } catch {
      // No room for a file of kilobytes: the weights' own notice tells it.
    }
    return source;
  }

  #moving(): Pick<RangeOptions, 'pausing' | 'signal' | 'onBytes' | 'onWait' | 'stallMs'> {
    const { pausing, signal, onBytes, onWait, stallMs } = this.#options;
    return {
      pausing,
      signal,
      onWait,
      onBytes: (count) => {
        onBytes?.(count);
        onWait?.(null);
      },
      ...(stallMs === undefined ? {} : { stallMs }),
    };
  }

  async #cachedFile(fileName: string, { byteLength }: RepositoryFile): Promise<CachedFile | null> {
    const { cache, onUncached } = this.#options;
    try {
      const cached = (await cache?.open(this.#key(fileName), byteLength)) ?? null;
      if (cached) this.#cachedFiles.push(cached);
      return cached;
    } catch (error) {
      const guess = isOutOfRoom(error) ? '' : ' Is it being loaded in another tab?';
      onUncached?.(`${fileName} is not kept (${messageOf(error)}).${guess}`, error);
      return null;
    }
  }

  /** Runs a check; a file that is not what it should be does not stay in the cache. */
  async #kept<T>(fileName: string, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'mismatch') {
        await this.close();
        await this.#options.cache?.removeFile(this.#key(fileName));
      }
      throw error;
    }
  }

  #key(fileName: string) {
    const { access, commit } = this.#options.repository;
    return { endpoint: access.endpoint, repo: access.repo, commit, fileName };
  }
}
