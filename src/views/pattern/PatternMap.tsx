// One map of a head: a canvas of cells, tokens along it, a crosshair that follows pointer and keys. Zoomed, it shows a window of the
// matrix and a small map of the whole in its corner. Its cost does not grow with the prompt: it draws the level whose cells it can show.
import type { KeyboardEvent, ReactNode } from 'react';
import type { ViewToken } from '../data.ts';
import { CellsCanvas, type PaintHead } from './CellsCanvas.tsx';
import type { Cell, Cells } from './cells.ts';
import { MapAxes } from './MapAxes.tsx';
import { Minimap } from './Minimap.tsx';
import { keyDeed } from './mapKeys.ts';
import { isZoomed, type MapWindow } from './mapWindow.ts';
import { useMapPointer } from './useMapPointer.ts';

export const AXIS = 64; // room for tokens, in CSS pixels
const MINIMAP_SIDE = 54;

export type MapProps = {
  readonly tokens: readonly ViewToken[];
  readonly cell: Cell | null;
  readonly isLocked: boolean;
  readonly window: MapWindow;
  readonly onWindow: (window: MapWindow) => void;
  readonly onHover: (cell: Cell | null) => void;
  readonly onLock: (cell: Cell | null) => void;
  readonly paintHead: PaintHead; // while the values are still on the GPU
  readonly onReadValues: () => void;
};

type Props = MapProps & {
  readonly cells: Cells;
  readonly name: string; // 'L1H7, run A'
  readonly side: number; // CSS pixels
  readonly hasQueries: boolean; // whether the queries' tokens stand beside it
  readonly over?: ReactNode; // laid over the cells, beneath the crosshair
};

/** Draws the matrix and answers the pointer and the keys. */
export function PatternMap(props: Props) {
  const { cells, tokens, cell, isLocked, window, onWindow, onHover, onLock, name, side, hasQueries, over } = props;
  const { paintHead, onReadValues } = props;
  const { nPos } = cells;
  const { map, drawnOut, handlers } = useMapPointer({
    nPos,
    side,
    window,
    onWindow,
    onHover,
    onClick: (at) => onLock(isLocked ? null : at),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = keyDeed(event, cell ?? [window.top + window.span - 1, window.left], cells, window);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    if (deed.kind === 'cell') onLock(deed.cell);
    else onWindow(deed.window);
  };
  const zoomed = isZoomed(window, nPos);
  const left = hasQueries ? AXIS : 0;
  return (
    <div className="pattern-sheet" style={{ width: side + left, height: side + AXIS }}>
      <MapAxes {...{ tokens, window, side, hasQueries }} axis={AXIS} hasTitles={!zoomed} />
      {zoomed && hasQueries && cells.levels.length > 0 ? (
        <Minimap cells={cells} window={window} side={MINIMAP_SIDE} onWindow={onWindow} />
      ) : null}
      <div
        ref={map}
        className="pattern-map"
        role="application"
        aria-label={`${name}: attention of queries (rows) to keys (columns). Arrow keys move the crosshair, plus and minus zoom; a table follows.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is operated by arrow keys
        tabIndex={0}
        style={{ left, top: AXIS, width: side, height: side }}
        onFocus={onReadValues}
        onKeyDown={onKeyDown}
        {...handlers}
      >
        <CellsCanvas {...{ cells, window, side, paintHead, onReadValues }} />
        {over}
        {cell ? <Cross cell={cell} window={window} side={side} isLocked={isLocked} /> : null}
        {drawnOut ? <DrawnOut corners={drawnOut} window={window} side={side} /> : null}
      </div>
    </div>
  );
}

type Placed = { readonly window: MapWindow; readonly side: number };

function Cross({ cell: [q, k], window, side, isLocked }: Placed & { readonly cell: Cell; readonly isLocked: boolean }) {
  const step = side / window.span;
  const [row, column] = [q - window.top, k - window.left];
  const isIn = (at: number) => at >= 0 && at < window.span;
  return (
    <div aria-hidden="true" data-locked={isLocked || undefined}>
      {isIn(row) ? <span className="cross-row" style={{ top: row * step, height: step }} /> : null}
      {isIn(column) ? <span className="cross-column" style={{ left: column * step, width: step }} /> : null}
    </div>
  );
}

function DrawnOut({
  corners: [[q1, k1], [q2, k2]],
  window,
  side,
}: Placed & { readonly corners: readonly [Cell, Cell] }) {
  const step = side / window.span;
  return (
    <span
      className="drawn-out"
      aria-hidden="true"
      style={{
        top: (Math.min(q1, q2) - window.top) * step,
        left: (Math.min(k1, k2) - window.left) * step,
        width: (Math.abs(k2 - k1) + 1) * step,
        height: (Math.abs(q2 - q1) + 1) * step,
      }}
    />
  );
}
