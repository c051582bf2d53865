// Where each head of the grid stands, which heads share a KV head, and where the keys lead. Pure.

/** A head among all heads of the model. */
export type HeadAt = { readonly layer: number; readonly head: number };

export type GridRoom = { readonly width: number; readonly height: number };

export const MOST_PINS = 8;

const SMALLEST_CELL = 24; // CSS pixels: the smallest target that is still easy to hit
const LARGEST_CELL = 176; // a maximised grid of few heads fills its window

/** Chooses the side of a cell that fits `nLayers` rows of `nHeads` cells into the room, or scrolls. */
export function cellSide(room: GridRoom, nLayers: number, nHeads: number): number {
  const fitting = Math.floor(Math.min(room.width / Math.max(1, nHeads), room.height / Math.max(1, nLayers)));
  return Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, fitting));
}

/** Says which KV head a query head reads. */
export function keyValueHeadOf(head: number, nHeads: number, nKeyValueHeads: number): number {
  return Math.floor(head / (nHeads / nKeyValueHeads));
}

/** The heads as the grid lays them out: a row a layer, or, ranked, the best first in rows as long. */
export function arrange(
  { nLayers, nHeads }: { readonly nLayers: number; readonly nHeads: number },
  ranked: { readonly scoreOf: (at: HeadAt) => number; readonly matches: (at: HeadAt) => boolean } | null,
): readonly (readonly HeadAt[])[] {
  const rows = Array.from({ length: nLayers }, (_, layer) =>
    Array.from({ length: nHeads }, (_, head) => ({ layer, head })),
  );
  if (!ranked) return rows;
  const worth = (at: HeadAt) => (Number.isNaN(ranked.scoreOf(at)) ? Number.NEGATIVE_INFINITY : ranked.scoreOf(at));
  const heads = rows
    .flat()
    .filter(ranked.matches)
    .sort((one, other) => worth(other) - worth(one) || 0);
  return Array.from({ length: Math.ceil(heads.length / nHeads) }, (_, row) =>
    heads.slice(row * nHeads, (row + 1) * nHeads),
  );
}

/** Moves through rows of cells by a key; null where the key does not move. */
export function moveInRows(key: string, from: HeadAt, rows: readonly (readonly HeadAt[])[]): HeadAt | null {
  const row = rows.findIndex((cells) => cells.some((at) => sameHead(at, from)));
  const column = rows[row]?.findIndex((at) => sameHead(at, from)) ?? 0;
  const target = stepOf(key, row, column, rows[row]?.length ?? 0);
  if (!target) return null;
  const cells = rows[Math.min(rows.length - 1, Math.max(0, target[0]))] ?? [];
  return cells[Math.min(cells.length - 1, Math.max(0, target[1]))] ?? null;
}

function stepOf(key: string, row: number, column: number, width: number): readonly [number, number] | null {
  switch (key) {
    case 'ArrowLeft':
      return [row, column - 1];
    case 'ArrowRight':
      return [row, column + 1];
    case 'ArrowUp':
      return [row - 1, column];
    case 'ArrowDown':
      return [row + 1, column];
    case 'Home':
      return [row, 0];
    case 'End':
      return [row, width - 1];
    default:
      return null;
  }
}

export function sameHead(one: HeadAt, other: HeadAt): boolean {
  return one.layer === other.layer && one.head === other.head;
}

/** Writes a head as the field does: L1H7. */
export function headName({ layer, head }: HeadAt): string {
  return `L${layer}H${head}`;
}
