// What each sender tells the receivers, as maps with one scale, and as a table; a head that was found is opened, or becomes the next
// receiver, which is how a circuit is traced backwards.
import { useMemo, useState } from 'react';
import { nameOf, type PathCell } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { formatFigure, formatSigned } from '../format.ts';
import { Legend } from '../marks/Legend.tsx';
import { useElementSize } from '../marks/useElementSize.ts';
import { effectScale } from '../marks/valueScale.ts';
import { columnWidth, largestEffect, type MapShape, type Place } from './maps.ts';
import { pathMapsOf } from './pathChoices.ts';
import { StrongestTable } from './StrongestTable.tsx';
import { SweepMap } from './SweepMap.tsx';

export type PathView = {
  readonly metricName: string;
  readonly receivers: string; // as they are written
  readonly clean: number;
  readonly corrupted: number | null;
  readonly cells: readonly PathCell[];
  readonly isRunning: boolean;
};

type Props = {
  readonly view: PathView;
  readonly shape: MapShape;
  readonly onChoose: (layer: number, head: number) => void;
  readonly onReceive: (layer: number, head: number) => void;
};

/** Shows what came of a path sweep, also while it fills in. */
export function PathMaps({ view, shape, onChoose, onReceive }: Props) {
  const { metricName, receivers, clean, corrupted, cells, isRunning } = view;
  const [box, { width }] = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<{ readonly title: string; readonly place: Place } | null>(null);
  const [chosen, setChosen] = useState<PathCell | null>(null);
  const maps = useMemo(() => pathMapsOf(cells, shape), [cells, shape]);
  const column = columnWidth(maps, width);
  const scale = useMemo(() => effectScale(metricName, clean, largestEffect(cells, clean)), [metricName, clean, cells]);
  const pointed = cursor && maps.find(({ title }) => title === cursor.title)?.at(cursor.place.row, cursor.place.column);
  const read = pointed ?? chosen;
  const embed = cells.find(({ sender }) => sender.kind === 'embed');
  const head = chosen?.sender.kind === 'head' ? chosen.sender : null;
  const choose = (cell: PathCell) => {
    setChosen(cell);
    if (cell.sender.kind === 'head') onChoose(cell.sender.layer, cell.sender.head);
  };
  return (
    <div className="sweep-result" ref={box}>
      <p className="sweep-own">
        to {receivers}: unpatched {formatFigure(clean)}
        {corrupted === null ? '' : ` · corrupted prompt ${formatFigure(corrupted)}`}
        {embed ? ` · by the embedding ${formatFigure(embed.value)}` : ''}
      </p>
      <div className="sweep-maps">
        {maps.map((map) => (
          <SweepMap
            key={map.title}
            {...{ map, scale }}
            room={column * map.nColumns}
            chosen={placeOfCell(chosen, map.columns)}
            cursor={cursor?.title === map.title ? cursor.place : null}
            onCursor={(place) => setCursor(place && { title: map.title, place })}
            onChoose={choose}
          />
        ))}
      </div>
      <div className="sweep-chosen">
        <p className="sweep-readout" aria-live="polite">
          {read ? (
            <span>
              <strong>{nameOf(read.sender, false)}</strong> {formatFigure(read.value)}{' '}
              <span className="quiet">({formatSigned(read.value - clean)})</span>
            </span>
          ) : (
            <span className="quiet">Point at a sender, or move through a map by arrow keys.</span>
          )}
        </p>
        {head ? (
          <Button onPress={() => onReceive(head.layer, head.head)}>Trace back from {nameOf(head, false)}</Button>
        ) : null}
      </div>
      <Legend scale={scale} textures={isRunning ? ['unmoved', 'awaited'] : ['unmoved', 'apart']} />
      <StrongestTable
        summary="Strongest senders as a table"
        heads={['sender']}
        {...{ cells, clean }}
        namesOf={({ sender }) => [nameOf(sender, false)]}
        onChoose={choose}
      />
    </div>
  );
}

function placeOfCell(cell: PathCell | null, columns: 'heads' | string): Place | null {
  if (cell?.sender.kind === 'head' && columns === 'heads') return { row: cell.sender.layer, column: cell.sender.head };
  return cell?.sender.kind === 'mlp' && columns === 'layer' ? { row: cell.sender.layer, column: 0 } : null;
}
