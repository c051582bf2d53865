// The maps of a sweep side by side, one scale for all, what the pointed-at cell says, and what can be done with the chosen one.
import { useMemo, useState } from 'react';
import type { SweepCell, SweepSite } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { formatFigure, formatSigned } from '../format.ts';
import { Legend } from '../marks/Legend.tsx';
import { useElementSize } from '../marks/useElementSize.ts';
import { effectScale } from '../marks/valueScale.ts';
import {
  cellName,
  columnWidth,
  largestEffect,
  type MapShape,
  mapsOf,
  type Place,
  placeOf,
  type SiteMap,
} from './maps.ts';
import { StrongestTable } from './StrongestTable.tsx';
import { SweepMap } from './SweepMap.tsx';

export type SweepView = {
  readonly sites: readonly SweepSite[];
  readonly metricName: string;
  readonly clean: number;
  readonly corrupted: number | null;
  readonly cells: readonly SweepCell[];
  readonly isRunning: boolean;
};

type Props = {
  readonly view: SweepView;
  readonly shape: MapShape;
  readonly onChoose: (cell: SweepCell) => void;
  readonly onAdd: (cell: SweepCell) => void;
};

/** Shows what came of a sweep, also while it fills in. */
export function SweepMaps({ view, shape, onChoose, onAdd }: Props) {
  const { sites, metricName, clean, corrupted, cells, isRunning } = view;
  const [box, { width }] = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<{ readonly site: SweepSite; readonly place: Place } | null>(null);
  const [chosen, setChosen] = useState<SweepCell | null>(null);
  const maps = useMemo(() => mapsOf(sites, cells, shape), [sites, cells, shape]);
  const column = columnWidth(
    maps.filter(({ columns }) => columns !== 'positions'),
    width,
  );
  const scale = useMemo(() => effectScale(metricName, clean, largestEffect(cells, clean)), [metricName, clean, cells]);
  const pointed = cursor && maps.find(({ site }) => site === cursor.site)?.at(cursor.place.row, cursor.place.column);
  const read = pointed ?? chosen;
  const columnsOf = (cell: SweepCell) => maps.find(({ site }) => site === cell.site)?.columns ?? 'heads';
  const choose = (cell: SweepCell) => {
    setChosen(cell);
    onChoose(cell);
  };
  return (
    <div className="sweep-result" ref={box}>
      <p className="sweep-own">
        unedited {formatFigure(clean)}
        {corrupted === null ? '' : ` · corrupted prompt ${formatFigure(corrupted)}`}
      </p>
      <div className="sweep-maps">
        {maps.map((map) => (
          <SweepMap
            key={map.site}
            {...{ map, scale }}
            chosen={chosen?.site === map.site ? placeOf(chosen) : null}
            room={map.columns === 'positions' ? Math.max(120, width - 40) : column * map.nColumns}
            cursor={cursor?.site === map.site ? cursor.place : null}
            onCursor={(place) => setCursor(place && { site: map.site, place })}
            onChoose={choose}
          />
        ))}
      </div>
      <div className="sweep-chosen">
        <p className="sweep-readout" aria-live="polite">
          {read ? (
            <CellReading cell={read} clean={clean} columns={columnsOf(read)} />
          ) : (
            <span className="quiet">Point at a cell, or move through a map by arrow keys.</span>
          )}
        </p>
        {chosen ? (
          <Button onPress={() => onAdd(chosen)}>Add {cellName(chosen, columnsOf(chosen))} as intervention</Button>
        ) : null}
      </div>
      <Legend scale={scale} textures={isRunning ? ['unmoved', 'awaited'] : ['unmoved']} />
      <StrongestTable
        summary="Strongest effects as a table"
        heads={['edited', 'hook']}
        {...{ cells, clean }}
        namesOf={(cell) => [cellName(cell, columnsOf(cell)), cell.site]}
        onChoose={choose}
      />
    </div>
  );
}

function CellReading(props: {
  readonly cell: SweepCell;
  readonly clean: number;
  readonly columns: SiteMap['columns'];
}) {
  const { cell, clean, columns } = props;
  return (
    <span>
      <strong>{cellName(cell, columns)}</strong> <span className="mono">{cell.site}</span> {formatFigure(cell.value)}{' '}
      <span className="quiet">({formatSigned(cell.value - clean)})</span>
    </span>
  );
}
