// A file of known length that arrives in pieces, in any order, and which of them are there: for resuming and for the ledger beside it.

/** Bytes of a piece: some MB, so that a dropped connection costs little and a request is worth its round trip. */
export const PIECE_BYTES = 4 << 20;

export function pieceCount(byteLength: number): number {
  return Math.ceil(byteLength / PIECE_BYTES);
}

/** Where piece `index` lies in its file. */
export function pieceRange(index: number, byteLength: number): { byteOffset: number; byteLength: number } {
  const byteOffset = index * PIECE_BYTES;
  return { byteOffset, byteLength: Math.min(PIECE_BYTES, byteLength - byteOffset) };
}

/** The pieces that a range touches: first to last, both included. */
export function piecesOf(byteOffset: number, byteLength: number): readonly number[] {
  if (byteLength === 0) return [];
  const first = Math.floor(byteOffset / PIECE_BYTES);
  const last = Math.floor((byteOffset + byteLength - 1) / PIECE_BYTES);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
