// The pointer on a map: moving points at a cell, a click locks it, a drag draws out what to zoom to, the wheel moves a zoomed window and,
// with Ctrl, zooms.
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Cell } from './cells.ts';
import { isZoomed, type MapWindow, movedBy, windowBetween, zoomedAbout } from './mapWindow.ts';

const DRAG_PX = 5; // less is a click

type Options = {
  readonly nPos: number;
  readonly side: number; // of the map, in CSS pixels
  readonly window: MapWindow;
  readonly onWindow: (window: MapWindow) => void;
  readonly onHover: (cell: Cell | null) => void;
  readonly onClick: (cell: Cell) => void;
};

type Drag = { readonly from: Cell; readonly x: number; readonly y: number };

/** Handlers to put on the map's element, which `map` is, and what is being drawn out: two corners, or null. */
export function useMapPointer(options: Options) {
  const { nPos, side, window, onWindow, onHover, onClick } = options;
  const map = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const [drawnOut, setDrawnOut] = useState<readonly [Cell, Cell] | null>(null);
  const cellAt = (event: { readonly clientX: number; readonly clientY: number }): Cell => {
    const box = map.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const position = (first: number, offset: number) =>
      first + Math.min(window.span - 1, Math.max(0, Math.floor((offset * window.span) / side)));
    return [position(window.top, event.clientY - box.top), position(window.left, event.clientX - box.left)];
  };
  useWheel(map, (event) => {
    if (event.ctrlKey || event.metaKey)
      onWindow(zoomedAbout(window, event.deltaY < 0 ? 1.25 : 0.8, cellAt(event), nPos));
    else if (isZoomed(window, nPos)) onWindow(movedBy(window, ...wheelCells(event, window.span / side), nPos));
    else return false;
    return true;
  });
  const finish = (event: PointerEvent) => {
    const from = drag.current;
    drag.current = null;
    setDrawnOut(null);
    if (!from) return;
    if (drawnOut) onWindow(windowBetween(from.from, cellAt(event), nPos));
    else onClick(cellAt(event));
  };
  return {
    map,
    drawnOut,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { from: cellAt(event), x: event.clientX, y: event.clientY };
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const from = drag.current;
        onHover(cellAt(event));
        if (!from) return;
        const moved = Math.max(Math.abs(event.clientX - from.x), Math.abs(event.clientY - from.y));
        if (drawnOut || moved >= DRAG_PX) setDrawnOut([from.from, cellAt(event)]);
      },
      onPointerUp: finish,
      onPointerCancel: () => {
        drag.current = null;
        setDrawnOut(null);
      },
      onPointerLeave: () => onHover(null),
    },
  };
}

/** Down and right in cells; at least one where the wheel moved at all. */
function wheelCells(event: WheelEvent, cellsPerPixel: number): [number, number] {
  const [x, y] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
  const cells = (pixels: number) => Math.sign(pixels) * Math.ceil(Math.abs(pixels) * cellsPerPixel);
  return [cells(y), cells(x)];
}

/** Hears the wheel by a listener that may prevent the page's scrolling: React's own are passive. `act` says whether it used it. */
function useWheel(element: RefObject<HTMLElement | null>, act: (event: WheelEvent) => boolean): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const heard = element.current;
    const onWheel = (event: WheelEvent) => {
      if (latest.current(event)) event.preventDefault();
    };
    heard?.addEventListener('wheel', onWheel, { passive: false });
    return () => heard?.removeEventListener('wheel', onWheel);
  }, [element]);
}
