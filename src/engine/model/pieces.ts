// Cuts the tensors of a checkpoint into pieces to be read: runs of bytes of one file, of a few MB at most, each with the parts of
// tensors that it holds. Small tensors that lie side by side are read together, large ones in several pieces. Pure.

import type { ByteSource } from '../checkpoint/byteSource.ts';
import type { TensorEntry } from '../checkpoint/checkpoint.ts';
import { elementCount } from '../tensor/shape.ts';

/** A part of a tensor in a piece. */
export type Fragment = {
  readonly entry: TensorEntry;
  readonly pieceOffset: number; // bytes of the piece before it
  readonly tensorOffset: number; // bytes of the tensor before it
  readonly byteLength: number;
};

export type Piece = {
  readonly source: ByteSource;
  readonly byteOffset: number; // in the source
  readonly byteLength: number;
  readonly fragments: readonly Fragment[];
};

export type PieceLimits = {
  readonly bytes: number; // of a piece, a multiple of FRAGMENT_ALIGNMENT; a tensor that must not be cut may exceed it
  readonly fragments: number;
};

/** Fragments begin at multiples of this many bytes of their tensor, so at a whole element of any dtype; of eight rows where those fit. */
export const FRAGMENT_ALIGNMENT = 16;

/** Cuts tensors into pieces, in the order of their bytes. Tensors that are not `divisible` stay whole. */
export function cutPieces(
  entries: Iterable<TensorEntry>,
  limits: PieceLimits,
  divisible: (entry: TensorEntry) => boolean,
): Piece[] {
  const pieces: Open[] = [];
  for (const entry of inFileOrder(entries)) {
    let tensorOffset = 0;
    do {
      const rest = entry.byteLength - tensorOffset;
      const step = divisible(entry) ? stepOf(entry, limits) : rest;
      const open = openPiece(pieces, entry, tensorOffset, limits, Math.min(step, rest));
      const room = limits.bytes - open.byteLength;
      const byteLength = divisible(entry) && rest > room ? room - (room % step) : rest;
      open.fragments.push({ entry, pieceOffset: open.byteLength, tensorOffset, byteLength });
      open.byteLength += byteLength;
      tensorOffset += byteLength;
    } while (tensorOffset < entry.byteLength);
  }
  return pieces;
}

type Open = { source: ByteSource; byteOffset: number; byteLength: number; fragments: Fragment[] };

/** The last piece where the entry's next bytes continue it and it has room, else a new one. */
function openPiece(
  pieces: Open[],
  entry: TensorEntry,
  tensorOffset: number,
  limits: PieceLimits,
  leastBytes: number,
): Open {
  const last = pieces.at(-1);
  const byteOffset = entry.byteOffset + tensorOffset;
  const continues = last?.source === entry.source && last.byteOffset + last.byteLength === byteOffset;
  const hasRoom = last && last.fragments.length < limits.fragments && limits.bytes - last.byteLength >= leastBytes;
  if (last && continues && hasRoom) return last;
  const open = { source: entry.source, byteOffset, byteLength: 0, fragments: [] };
  pieces.push(open);
  return open;
}

function inFileOrder(entries: Iterable<TensorEntry>): TensorEntry[] {
  const bySource = new Map<ByteSource, TensorEntry[]>();
  for (const entry of entries) {
    const list = bySource.get(entry.source);
    if (list) list.push(entry);
    else bySource.set(entry.source, [entry]);
  }
  return [...bySource.values()].flatMap((list) => list.sort((a, b) => a.byteOffset - b.byteOffset));
}

/** Where a tensor may be cut: eight rows of a Linear are the columns of a panel, which is then whole. */
function stepOf({ shape, byteLength }: TensorEntry, limits: PieceLimits): number {
  const rows = elementCount(shape.slice(0, -1)); // of all experts, where several Linears are stacked
  const panelBytes = (8 * byteLength) / rows;
  return panelBytes % FRAGMENT_ALIGNMENT === 0 && panelBytes > 0 && panelBytes <= limits.bytes
    ? panelBytes
    : FRAGMENT_ALIGNMENT;
}
