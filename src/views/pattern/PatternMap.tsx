// The map of one head: a canvas of cells, tokens on both axes, a crosshair that follows pointer and keys.
import { type KeyboardEvent, type PointerEvent, useCallback } from 'react';
import type { ViewToken } from '../data.ts';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import { drawSquare } from '../marks/raster.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import { shortToken } from '../tokenText.ts';
import { type Cell, type Cells, pixelAt, strongest } from './cells.ts';

type Props = {
  readonly cells: Cells;
  readonly tokens: readonly ViewToken[];
  readonly cell: Cell | null;
  readonly isLocked: boolean;
  readonly title: string;
  readonly onHover: (cell: Cell | null) => void;
  readonly onLock: (cell: Cell | null) => void;
};

const AXIS = 72; // room for tokens, in CSS pixels

/** Draws the matrix and answers the pointer and the keys. */
export function PatternMap({ cells, tokens, cell, isLocked, title, onHover, onLock }: Props) {
  const [box, room] = useElementSize<HTMLDivElement>();
  const side = Math.max(0, Math.floor(Math.min(room.width - AXIS, room.height - AXIS)));
  const { nPos } = cells;
  const draw = useCallback(
    ({ pixels, widthPx, heightPx, ratio, ground }: RasterFrame) =>
      drawSquare(
        {
          pixels,
          widthPx,
          leftPx: 0,
          topPx: 0,
          sidePx: heightPx,
          gapPx: side / nPos > 12 ? Math.round(ratio) : 0,
          ground,
        },
        nPos,
        (q, k) => pixelAt(cells, q, k),
      ),
    [cells, nPos, side],
  );
  const cellAt = (event: PointerEvent<HTMLElement>): Cell => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const position = (offset: number) => Math.min(nPos - 1, Math.max(0, Math.floor((offset * nPos) / side)));
    return [position(event.clientY - top), position(event.clientX - left)];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = keyTarget(event, cell ?? [nPos - 1, 0], cells);
    if (!next) return;
    event.preventDefault();
    onLock(next === 'free' ? null : next);
  };
  return (
    <div className="pattern-room" ref={box}>
      {side > 0 ? (
        <div className="pattern-sheet" style={{ width: side + AXIS, height: side + AXIS }}>
          <Axis tokens={tokens} side={side} direction="keys" />
          <Axis tokens={tokens} side={side} direction="queries" />
          <div
            className="pattern-map"
            role="application"
            aria-label={`${title}: attention of queries (rows) to keys (columns). Arrow keys move the crosshair; a table follows.`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is operated by arrow keys
            tabIndex={0}
            style={{ left: AXIS, top: AXIS, width: side, height: side }}
            onPointerMove={(event) => onHover(cellAt(event))}
            onPointerLeave={() => onHover(null)}
            onPointerDown={(event) => onLock(isLocked ? null : cellAt(event))}
            onKeyDown={onKeyDown}
          >
            <Raster width={side} height={side} draw={draw} />
            {cell ? <Cross cell={cell} step={side / nPos} isLocked={isLocked} /> : null}
          </div>
        </div>
      ) : null}
    </div>
  );
}

/** Where a key takes the crosshair; null: nowhere. */
function keyTarget(event: KeyboardEvent, [q, k]: Cell, cells: Cells): Cell | 'free' | null {
  const step = event.shiftKey ? 10 : 1;
  const last = cells.nPos - 1;
  const clamp = (position: number) => Math.min(last, Math.max(0, position));
  switch (event.key) {
    case 'ArrowUp':
      return [clamp(q - step), k];
    case 'ArrowDown':
      return [clamp(q + step), k];
    case 'ArrowLeft':
      return [q, clamp(k - step)];
    case 'ArrowRight':
      return [q, clamp(k + step)];
    case 't':
      return strongest(cells, 1)[0] ?? null;
    case 'Escape':
      return 'free';
    default:
      return null;
  }
}

function Cross({ cell: [q, k], step, isLocked }: { cell: Cell; step: number; isLocked: boolean }) {
  return (
    <div aria-hidden="true" data-locked={isLocked || undefined}>
      <span className="cross-row" style={{ top: q * step, height: step }} />
      <span className="cross-column" style={{ left: k * step, width: step }} />
    </div>
  );
}

function Axis({
  tokens,
  side,
  direction,
}: {
  tokens: readonly ViewToken[];
  side: number;
  direction: 'keys' | 'queries';
}) {
  const step = side / tokens.length;
  const every = Math.max(1, Math.ceil(12 / step));
  return (
    <div className={`pattern-axis pattern-axis-${direction}`} aria-hidden="true" style={{ '--axis': `${AXIS}px` }}>
      <span className="axis-title">{direction}</span>
      {tokens.map((token, position) =>
        position % every === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position
          <span key={position} className="axis-token mono" style={{ '--at': `${AXIS + (position + 0.5) * step}px` }}>
            {shortToken(token, 8)}
          </span>
        ) : null,
      )}
    </div>
  );
}
