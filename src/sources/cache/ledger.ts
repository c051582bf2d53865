// The ledger beside a cached file: which of its pieces are there, and the sha256 once all of it was checked.
// One line of JSON padded to 256 bytes, then a byte a piece, '1' where it is there; a piece is written before its byte.
import { PIECE_BYTES, pieceCount, pieceRange } from './pieces.ts';
import type { StoredFile } from './storage.ts';

const HEADER_BYTES = 256;
const THERE = 0x31;

type Header = {
  readonly version: 1;
  readonly byteLength: number;
  readonly pieceBytes: number;
  readonly hash: string | null; // sha256, hex: of a file that was checked
};

export type LedgerState = {
  readonly byteLength: number; // of the whole file
  readonly hash: string | null;
  readonly there: Uint8Array; // [pieces]: 1 or 0
};

/** Bytes of the file that are there. */
export function cachedBytes({ byteLength, there }: LedgerState): number {
  return there.reduce((sum, flag, index) => sum + (flag ? pieceRange(index, byteLength).byteLength : 0), 0);
}

/** Reads a ledger; null where it is none of this version, and the file beside it counts as absent. */
export async function readLedger(file: StoredFile): Promise<LedgerState | null> {
  const bytes = await file.read(0, file.byteLength);
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(0, HEADER_BYTES)));
  if (header === null) return null;
  const there = new Uint8Array(pieceCount(header.byteLength));
  for (let i = 0; i < there.length; i++) there[i] = bytes[HEADER_BYTES + i] === THERE ? 1 : 0;
  return { byteLength: header.byteLength, hash: header.hash, there };
}

/** Writes a ledger's header; the pieces noted after it stay. */
export async function writeHeader(file: StoredFile, byteLength: number, hash: string | null): Promise<void> {
  const header: Header = { version: 1, byteLength, pieceBytes: PIECE_BYTES, hash };
  await file.write(0, new TextEncoder().encode(`${JSON.stringify(header)}\n`.padStart(HEADER_BYTES, ' ')));
}

/** Notes that a piece is there. */
export async function notePiece(file: StoredFile, index: number): Promise<void> {
  await file.write(HEADER_BYTES + index, Uint8Array.of(THERE));
}

function parseHeader(text: string): Header | null {
  try {
    const json: Partial<Header> = JSON.parse(text);
    const { version, byteLength, pieceBytes, hash } = json;
    const isOurs = version === 1 && pieceBytes === PIECE_BYTES && typeof byteLength === 'number' && byteLength >= 0;
    const isHash = hash === null || (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash));
    return isOurs && isHash ? { version, byteLength, pieceBytes, hash } : null;
  } catch {
    return null; // cut off, or not ours
  }
}
