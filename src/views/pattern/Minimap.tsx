// Where the zoomed window lies in the whole matrix: all of it small, a frame that can be dragged. Keys do the same on the map itself.
import { type PointerEvent, useCallback } from 'react';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import { drawSquare } from '../marks/raster.ts';
import { type Cells, extentOf, pixelAt } from './cells.ts';
import { levelFor, type MapWindow, movedBy, wholeWindow } from './mapWindow.ts';

type Props = {
  readonly cells: Cells;
  readonly window: MapWindow;
  readonly side: number; // CSS pixels
  readonly onWindow: (window: MapWindow) => void;
};

/** Shows the whole and the window in it. */
export function Minimap({ cells, window, side, onWindow }: Props) {
  const { nPos } = cells;
  const level = levelFor(wholeWindow(nPos), cells.levels.length, side);
  const draw = useCallback(
    ({ pixels, widthPx, heightPx, ground }: RasterFrame) =>
      drawSquare(
        { pixels, widthPx, leftPx: 0, topPx: 0, sidePx: heightPx, gapPx: 0, ground },
        extentOf(cells, level),
        (q, k) => pixelAt(cells, level, q, k),
      ),
    [cells, level],
  );
  const centreAt = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const cell = (offset: number) => (offset / side) * nPos - window.span / 2;
    onWindow(movedBy(window, cell(event.clientY - top) - window.top, cell(event.clientX - left) - window.left, nPos));
  };
  const share = (cellsOf: number) => `${(100 * cellsOf) / nPos}%`;
  return (
    <div
      className="minimap"
      aria-hidden="true"
      style={{ width: side, height: side }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        centreAt(event);
      }}
      onPointerMove={centreAt}
    >
      <Raster width={side} height={side} draw={draw} />
      <span
        className="minimap-frame"
        style={{
          top: share(window.top),
          left: share(window.left),
          width: share(window.span),
          height: share(window.span),
        }}
      />
    </div>
  );
}
