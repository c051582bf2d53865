// A file of the hub as a ByteSource: read by pieces from the cache where they are there, over HTTP where not, then kept.
// Reads may overlap and come in any order; a piece is fetched once, and a few are held for the reads on either side of its edges.
import type { ByteSource } from '../../engine/index.ts';
import type { CachedFile } from '../cache/cachedFile.ts';
import { pieceCount, pieceRange, piecesOf } from '../cache/pieces.ts';
import type { Slots } from '../slots.ts';
import type { HubFile } from './rangeAnswer.ts';
import { type RangeOptions, readRange } from './rangeRequest.ts';

const HELD_PIECES = 8;

export type PiecedOptions = Pick<RangeOptions, 'pausing' | 'signal' | 'onBytes' | 'onWait' | 'stallMs'> & {
  readonly file: HubFile;
  readonly cached: CachedFile | null;
  readonly slots: Slots; // requests in flight, over all files
  readonly onUncached: (why: unknown) => void; // a piece could not be kept; the file goes on without
};

type Bytes = Uint8Array<ArrayBuffer>;

export class PiecedSource implements ByteSource {
  readonly name: string;
  readonly byteLength: number;
  readonly #options: PiecedOptions;
  readonly #inFlight = new Map<number, Promise<Bytes>>();
  readonly #held = new Map<number, Bytes>(); // the last few, oldest first
  #mayKeep = true;

  constructor(options: PiecedOptions) {
    this.name = options.file.fileName;
    this.byteLength = options.file.byteLength;
    this.#options = options;
  }

  async read(byteOffset: number, byteLength: number, signal?: AbortSignal): Promise<Bytes> {
    signal?.throwIfAborted();
    if (byteOffset < 0 || byteLength < 0 || byteOffset + byteLength > this.byteLength) {
      throw new RangeError(`${this.name} has ${this.byteLength} bytes, not ${byteLength} from byte ${byteOffset}.`);
    }
    const bytes = new Uint8Array(byteLength);
    const put = async (index: number): Promise<void> => {
      const piece = await this.#piece(index);
      const { byteOffset: pieceStart } = pieceRange(index, this.byteLength);
      const start = Math.max(byteOffset, pieceStart);
      const end = Math.min(byteOffset + byteLength, pieceStart + piece.byteLength);
      bytes.set(piece.subarray(start - pieceStart, end - pieceStart), start - byteOffset);
    };
    // Long reads take their pieces in turns, so that a tensor of a GB is in memory once.
    const wanted = piecesOf(byteOffset, byteLength);
    for (let at = 0; at < wanted.length; at += HELD_PIECES) {
      await Promise.all(wanted.slice(at, at + HELD_PIECES).map(put));
      signal?.throwIfAborted();
    }
    return bytes;
  }

  /** Bytes that are in the cache already. */
  get cachedBytes(): number {
    const { cached } = this.#options;
    if (cached === null) return 0;
    const indices = Array.from({ length: pieceCount(this.byteLength) }, (_, index) => index);
    return indices.reduce(
      (sum, index) => sum + (cached.has(index) ? pieceRange(index, this.byteLength).byteLength : 0),
      0,
    );
  }

  #piece(index: number): Promise<Bytes> {
    const held = this.#held.get(index);
    if (held) return Promise.resolve(held);
    const asked = this.#inFlight.get(index) ?? this.#ask(index);
    this.#inFlight.set(index, asked);
    return asked;
  }

  async #ask(index: number): Promise<Bytes> {
    const { cached, slots } = this.#options;
    try {
      const piece = await (cached?.has(index) ? cached.readPiece(index) : slots.use(() => this.#fetch(index)));
      this.#held.set(index, piece);
      for (const oldest of this.#held.keys()) if (this.#held.size > HELD_PIECES) this.#held.delete(oldest);
      return piece;
    } finally {
      this.#inFlight.delete(index); // where it failed, whoever asks again fetches again
    }
  }

  async #fetch(index: number): Promise<Bytes> {
    const { file, cached, onUncached } = this.#options;
    const bytes = await readRange(file, { ...this.#options, ...pieceRange(index, this.byteLength) });
    if (cached && this.#mayKeep) {
      await cached.writePiece(index, bytes).catch((error: unknown) => {
        this.#mayKeep = false;
        onUncached(error);
      });
    }
    return bytes;
  }
}
