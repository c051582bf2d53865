// The stage of a head: one map, A beside B, or A over B with a line between them that is swiped. Maps share window and crosshair.
import { useEffect, useState } from 'react';
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components/Slider';
import { IconButton } from '../controls/Button.tsx';
import { useElementSize } from '../marks/useElementSize.ts';
import { CellsCanvas } from './CellsCanvas.tsx';
import type { Cells } from './cells.ts';
import { following, isZoomed, type MapWindow, wholeWindow, zoomedAbout } from './mapWindow.ts';
import { AXIS, type MapProps, PatternMap } from './PatternMap.tsx';

const GUTTER = 12; // between two maps, in CSS pixels

type Props = Omit<MapProps, 'window' | 'onWindow'> & {
  readonly title: string; // L1H7
  readonly maps: readonly [Cells, ...Cells[]];
  readonly isSwipe: boolean;
};

/** Lays the maps out in the room there is. */
export function PatternStage({ title, maps, isSwipe, onLock, ...map }: Props) {
  const [box, room] = useElementSize<HTMLDivElement>();
  const [first, second] = maps;
  const { nPos } = first;
  const [wanted, setWindow] = useState<MapWindow>(() => wholeWindow(nPos));
  const window = wanted.top + wanted.span <= nPos && wanted.left + wanted.span <= nPos ? wanted : wholeWindow(nPos);
  useEffect(() => setWindow(wholeWindow(nPos)), [nPos]);
  const across = second && !isSwipe ? 2 : 1;
  const width = (room.width - AXIS - (across - 1) * GUTTER) / across;
  const side = Math.max(0, Math.floor(Math.min(width, room.height - AXIS)));
  const props = {
    ...map,
    window,
    onWindow: setWindow,
    onLock: (cell: Parameters<typeof onLock>[0]) => {
      if (cell) setWindow(following(window, cell, nPos));
      onLock(cell);
    },
    side,
  };
  return (
    <div className="pattern-room" ref={box}>
      {side > 0 ? (
        <div className="pattern-maps">
          {second && isSwipe ? (
            <SwipedMaps {...props} title={title} over={first} under={second} />
          ) : (
            maps.map((cells, at) => (
              <div key={cells.side} className="pattern-part">
                {across > 1 ? <RunName side={cells.side} /> : null}
                <PatternMap {...props} cells={cells} name={`${title}, ${nameOf(cells)}`} hasQueries={at === 0} />
              </div>
            ))
          )}
          <ZoomButtons window={window} nPos={nPos} onWindow={setWindow} />
        </div>
      ) : null}
    </div>
  );
}

type SwipedProps = MapProps & {
  readonly title: string;
  readonly side: number;
  readonly over: Cells;
  readonly under: Cells;
};

/** A up to the line, B beyond it. */
function SwipedMaps({ title, over, under, ...map }: SwipedProps) {
  const [share, setShare] = useState(50);
  return (
    <div className="pattern-part">
      <PatternMap
        {...map}
        cells={under}
        name={`${title}, run A up to the line and run B beyond it`}
        hasQueries
        over={
          <div className="swipe-over" style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>
            <CellsCanvas {...map} cells={over} />
          </div>
        }
      />
      <Slider
        className="swipe"
        aria-label="How much of the map shows run A, in percent"
        value={share}
        minValue={0}
        maxValue={100}
        onChange={(next) => setShare(typeof next === 'number' ? next : (next[0] ?? 50))}
        style={{ left: AXIS, top: AXIS, width: map.side, height: map.side }}
      >
        <SliderTrack className="swipe-track">
          <SliderThumb className="swipe-thumb">
            <span className="side-a" aria-hidden="true">
              A
            </span>
            <span className="side-b" aria-hidden="true">
              B
            </span>
          </SliderThumb>
        </SliderTrack>
      </Slider>
    </div>
  );
}

type ZoomProps = {
  readonly window: MapWindow;
  readonly nPos: number;
  readonly onWindow: (window: MapWindow) => void;
};

function ZoomButtons({ window, nPos, onWindow }: ZoomProps) {
  if (nPos <= 16 && !isZoomed(window, nPos)) return null; // all of it is near enough
  const half = Math.floor(window.span / 2);
  const zoom = (factor: number) => onWindow(zoomedAbout(window, factor, [window.top + half, window.left + half], nPos));
  return (
    <div className="pattern-zoom">
      <IconButton icon="plus" name="Zoom in" onPress={() => zoom(2)} />
      <IconButton icon="minus" name="Zoom out" onPress={() => zoom(0.5)} disabled={!isZoomed(window, nPos)} />
      <IconButton
        icon="restore"
        name="Show the whole map"
        onPress={() => onWindow(wholeWindow(nPos))}
        disabled={!isZoomed(window, nPos)}
      />
    </div>
  );
}

function RunName({ side }: { readonly side: Cells['side'] }) {
  return <p className={side === 'a' ? 'pattern-run side-a' : 'pattern-run side-b'}>{side === 'a' ? 'A' : 'B'}</p>;
}

function nameOf({ side }: Cells): string {
  return { a: 'run A', b: 'run B', delta: 'B minus A', absDelta: 'magnitude of B minus A' }[side];
}
