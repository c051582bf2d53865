// One file of the cache while it is filled and read: its bytes, and the ledger beside it.
import { type LedgerState, notePiece, writeHeader } from './ledger.ts';
import { pieceRange } from './pieces.ts';
import type { StoredFile } from './storage.ts';

/** A file that is there in part or wholly. */
export interface CachedFile {
  readonly hash: string | null; // sha256 once it was checked
  has(piece: number): boolean;
  readPiece(piece: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Keeps a piece. Throws where there is no room. */
  writePiece(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Notes that the whole file was checked. */
  setHash(hash: string): Promise<void>;
  close(): Promise<void>;
}

/** A file that was checked: open for reading alone, in as many tabs as like. */
export class FilledFile implements CachedFile {
  readonly hash: string | null;
  readonly #data: StoredFile;
  readonly #byteLength: number;

  constructor(data: StoredFile, { hash, byteLength }: LedgerState) {
    this.#data = data;
    this.hash = hash;
    this.#byteLength = byteLength;
  }

  has(): boolean {
    return true;
  }

  readPiece(piece: number): Promise<Uint8Array<ArrayBuffer>> {
    const { byteOffset, byteLength } = pieceRange(piece, this.#byteLength);
    return this.#data.read(byteOffset, byteLength);
  }

  async writePiece(): Promise<void> {}

  async setHash(): Promise<void> {}

  close(): Promise<void> {
    return this.#data.close();
  }
}

/** A file that is being filled: one tab has it. */
export class FillingFile implements CachedFile {
  hash: string | null = null;
  #data: StoredFile;
  readonly #ledger: StoredFile;
  readonly #state: LedgerState;
  readonly #reopen: () => Promise<StoredFile | null>;

  constructor(data: StoredFile, ledger: StoredFile, state: LedgerState, reopen: () => Promise<StoredFile | null>) {
    this.#data = data;
    this.#ledger = ledger;
    this.#state = state;
    this.#reopen = reopen;
  }

  has(piece: number): boolean {
    return this.#state.there[piece] === 1;
  }

  readPiece(piece: number): Promise<Uint8Array<ArrayBuffer>> {
    const { byteOffset, byteLength } = pieceRange(piece, this.#state.byteLength);
    return this.#data.read(byteOffset, byteLength);
  }

  async writePiece(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#data.write(pieceRange(piece, this.#state.byteLength).byteOffset, bytes);
    await notePiece(this.#ledger, piece);
    this.#state.there[piece] = 1;
  }

  async setHash(hash: string): Promise<void> {
    await writeHeader(this.#ledger, this.#state.byteLength, hash);
    await this.close();
    this.hash = hash;
    this.#data = (await this.#reopen()) ?? this.#data; // for reading alone: other tabs may have it too
  }

  async close(): Promise<void> {
    await this.#data.close();
    if (this.hash === null) await this.#ledger.close();
  }
}
