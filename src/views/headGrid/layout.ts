// Where each head of the grid stands, which heads share a KV head, and where the keys lead. Pure.

/** A head among all heads of the model. */
export type HeadAt = { readonly layer: number; readonly head: number };

export type GridRoom = { readonly width: number; readonly height: number };

const SMALLEST_CELL = 24; // CSS pixels: the smallest target that is still easy to hit
const LARGEST_CELL = 112;

/** Chooses the side of a cell that fits `nLayers` rows of `nHeads` cells into the room, or scrolls. */
export function cellSide(room: GridRoom, nLayers: number, nHeads: number): number {
  const fitting = Math.floor(Math.min(room.width / Math.max(1, nHeads), room.height / Math.max(1, nLayers)));
  return Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, fitting));
}

/** Says which KV head a query head reads. */
export function keyValueHeadOf(head: number, nHeads: number, nKeyValueHeads: number): number {
  return Math.floor(head / (nHeads / nKeyValueHeads));
}

/** Moves through the grid by a key; null where the key does not move. */
export function moveInGrid(key: string, from: HeadAt, nLayers: number, nHeads: number): HeadAt | null {
  const within = (wanted: number, count: number) => Math.min(count - 1, Math.max(0, wanted));
  switch (key) {
    case 'ArrowLeft':
      return { ...from, head: within(from.head - 1, nHeads) };
    case 'ArrowRight':
      return { ...from, head: within(from.head + 1, nHeads) };
    case 'ArrowUp':
      return { ...from, layer: within(from.layer - 1, nLayers) };
    case 'ArrowDown':
      return { ...from, layer: within(from.layer + 1, nLayers) };
    case 'Home':
      return { ...from, head: 0 };
    case 'End':
      return { ...from, head: nHeads - 1 };
    default:
      return null;
  }
}

/** Writes a head as the field does: L1H7. */
export function headName({ layer, head }: HeadAt): string {
  return `L${layer}H${head}`;
}
