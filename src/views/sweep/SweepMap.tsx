// One map of a sweep: layers down, heads or positions across, coloured by the metric under the edit. Pointer and arrow keys read a
// cell out; a press or Enter chooses it. A table of the strongest cells is its twin.
import { type KeyboardEvent, type MouseEvent, useCallback } from 'react';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import type { ValueScale } from '../marks/valueScale.ts';
import { drawMap } from './drawMap.ts';
import type { GridMap, Place } from './maps.ts';

type Props<C> = {
  readonly map: GridMap<C>;
  readonly scale: ValueScale;
  readonly room: number; // CSS pixels across
  readonly cursor: Place | null; // read out, where it is in this map
  readonly chosen: Place | null; // where it is in this map
  readonly onCursor: (place: Place | null) => void;
  readonly onChoose: (cell: C) => void;
};

const LARGEST_CELL = 40;
const SMALLEST_CELL = 4;

/** Draws one map. */
export function SweepMap<C extends { readonly value: number }>(props: Props<C>) {
  const { map, scale, room, cursor, chosen, onCursor, onChoose } = props;
  const { nRows, nColumns, title, columns } = map;
  const cell = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(room / nColumns)));
  const rowHeight = Math.min(LARGEST_CELL, Math.max(12, cell));
  const [width, height] = [cell * nColumns, rowHeight * nRows];
  const draw = useCallback((frame: RasterFrame) => drawMap({ ...frame, cell }, map, scale), [map, scale, cell]);
  const placeAt = (event: MouseEvent<HTMLElement>): Place => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const within = (offset: number, step: number, count: number) =>
      Math.min(count - 1, Math.max(0, Math.floor(offset / step)));
    return {
      row: within(event.clientY - top, rowHeight, nRows),
      column: within(event.clientX - left, cell, nColumns),
    };
  };
  const choose = (place: Place) => {
    const found = map.at(place.row, place.column);
    if (found) onChoose(found);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = cursor ?? { row: 0, column: 0 };
    if (event.key === 'Enter' || event.key === ' ') choose(at);
    else {
      const next = moved(event.key, at, map);
      if (!next) return;
      onCursor(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <figure className="sweep-figure">
      <figcaption>{title}</figcaption>
      <div className="sweep-rows" aria-hidden="true" style={{ height }}>
        {Array.from({ length: nRows }, (_, row) => row).map((row) => (
          <span key={row} style={{ height: rowHeight }}>
            L{row}
          </span>
        ))}
      </div>
      <div
        className="sweep-map"
        role="application"
        aria-label={`${title}: layers down, ${columns === 'layer' ? 'all positions at once' : `${columns} across`}. Arrow keys read a cell out, Enter chooses it; a table follows.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is operated by arrow keys
        tabIndex={0}
        style={{ width, height }}
        onFocus={() => onCursor(cursor ?? { row: 0, column: 0 })}
        onPointerMove={(event) => onCursor(placeAt(event))}
        onPointerLeave={() => onCursor(null)}
        onClick={(event) => choose(placeAt(event))}
        onKeyDown={onKeyDown}
      >
        <Raster width={width} height={height} draw={draw} />
        {chosen ? <Frame place={chosen} {...{ cell, rowHeight }} kind="chosen" /> : null}
        {cursor ? <Frame place={cursor} {...{ cell, rowHeight }} kind="cursor" /> : null}
      </div>
      <span className="sweep-columns" aria-hidden="true">
        {nColumns > 1 ? `${columns} 0 … ${nColumns - 1}` : 'all positions'}
      </span>
    </figure>
  );
}

function Frame({
  place,
  cell,
  rowHeight,
  kind,
}: {
  readonly place: Place;
  readonly cell: number;
  readonly rowHeight: number;
  readonly kind: 'chosen' | 'cursor';
}) {
  const style = { left: place.column * cell, top: place.row * rowHeight, width: cell, height: rowHeight };
  return <span className={`sweep-frame sweep-${kind}`} aria-hidden="true" style={style} />;
}

function moved(key: string, { row, column }: Place, { nRows, nColumns }: GridMap<unknown>): Place | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -nColumns],
    End: [0, nColumns],
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (!step) return null;
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return { row: clamp(row + step[0], nRows), column: clamp(column + step[1], nColumns) };
}
