// Where a key takes the crosshair or the window of a map. Pure.
import type { Cell, Cells } from './cells.ts';
import { type MapWindow, wholeWindow, zoomedAbout } from './mapWindow.ts';

export type KeyDeed =
  | { readonly kind: 'cell'; readonly cell: Cell | null } // null: free the crosshair
  | { readonly kind: 'window'; readonly window: MapWindow };

type Pressed = { readonly key: string; readonly shiftKey: boolean };

/** What a key does on the map; null: nothing. */
export function keyDeed({ key, shiftKey }: Pressed, [q, k]: Cell, cells: Cells, window: MapWindow): KeyDeed | null {
  const { nPos } = cells;
  const step = shiftKey ? 10 : 1;
  const to = (queryPos: number, keyPos: number): KeyDeed => {
    const clamp = (position: number) => Math.min(nPos - 1, Math.max(0, position));
    return { kind: 'cell', cell: [clamp(queryPos), clamp(keyPos)] };
  };
  const zoom = (factor: number): KeyDeed => ({ kind: 'window', window: zoomedAbout(window, factor, [q, k], nPos) });
  switch (key) {
    case 'ArrowUp':
      return to(q - step, k);
    case 'ArrowDown':
      return to(q + step, k);
    case 'ArrowLeft':
      return to(q, k - step);
    case 'ArrowRight':
      return to(q, k + step);
    case 't': {
      const [strongest] = cells.strongest;
      return strongest ? { kind: 'cell', cell: strongest } : null;
    }
    case 'Escape':
      return { kind: 'cell', cell: null };
    case '+':
    case '=':
      return zoom(2);
    case '-':
      return zoom(0.5);
    case '0':
      return { kind: 'window', window: wholeWindow(nPos) };
    default:
      return null;
  }
}
