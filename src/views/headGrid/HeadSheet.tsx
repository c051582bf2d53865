// The sheet of cells: one canvas, the grid of real cells over it, and the brackets of the KV groups above.
import { useState } from 'react';
import type { Atlas } from '../data.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import type { ValueScale } from '../marks/valueScale.ts';
import { AtlasCanvas } from './AtlasCanvas.tsx';
import { HeadCells } from './HeadCells.tsx';
import { cellSide, type HeadAt, keyValueHeadOf } from './layout.ts';
import type { GridMetric } from './metrics.ts';

type Props = {
  readonly atlas: Atlas;
  readonly rows: readonly (readonly HeadAt[])[];
  readonly isRanked: boolean;
  readonly metric: GridMetric;
  readonly scale: ValueScale;
  readonly matches: (at: HeadAt) => boolean;
  readonly nKeyValueHeads: number;
  readonly selected: HeadAt;
  readonly hovered: HeadAt | null;
  readonly onSelect: (layer: number, head: number) => void;
  readonly onHover: (head: HeadAt | null) => void;
  readonly onPin: (head: HeadAt) => void;
};

const LABELS = { left: 26, top: 36 } as const;
const RANKED_LABELS = { left: 4, top: 4 } as const;

/** Fits the cells into the room there is, and scrolls where they would get too small. */
export function HeadSheet({ scale, ...cells }: Props) {
  const { atlas, rows, isRanked, metric, nKeyValueHeads, hovered } = cells;
  const [box, room] = useElementSize<HTMLDivElement>();
  const [group, setGroup] = useState<number | null>(null); // whose bracket is pointed at
  const origin = isRanked ? RANKED_LABELS : LABELS;
  const { nHeads } = atlas;
  const nRows = Math.max(1, rows.length);
  const cell = cellSide({ width: room.width - origin.left - 4, height: room.height - origin.top - 4 }, nRows, nHeads);
  return (
    <div className="heads-scroll" ref={box} style={{ '--rows': nRows, '--columns': nHeads }}>
      {room.width > 0 ? (
        <div
          className="heads-sheet"
          style={{ width: origin.left + cell * nHeads, height: origin.top + cell * nRows, '--cell': `${cell}px` }}
        >
          {isRanked ? null : <Brackets {...{ nHeads, nKeyValueHeads, cell, hovered }} onGroup={setGroup} />}
          <div className="heads-canvas" style={origin}>
            <AtlasCanvas {...{ atlas, rows, scale, cell, metric }} />
          </div>
          <HeadCells {...{ ...cells, cell, origin, group }} />
        </div>
      ) : null}
    </div>
  );
}

type BracketProps = Pick<Props, 'nKeyValueHeads' | 'hovered'> & {
  readonly nHeads: number;
  readonly cell: number;
  readonly onGroup: (group: number | null) => void;
};

function Brackets({ nHeads, nKeyValueHeads, cell, hovered, onGroup }: BracketProps) {
  const span = (nHeads / nKeyValueHeads) * cell;
  const lit = hovered && keyValueHeadOf(hovered.head, nHeads, nKeyValueHeads);
  return (
    <div aria-hidden="true">
      {Array.from({ length: nKeyValueHeads }, (_, group) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a KV head is its index
          key={group}
          className="heads-bracket"
          data-lit={group === lit || undefined}
          style={{ left: LABELS.left + group * span + 2, width: span - 4 }}
          onPointerEnter={() => onGroup(group)}
          onPointerLeave={() => onGroup(null)}
        >
          {span > 34 ? <span>kv {group}</span> : null}
        </span>
      ))}
      {Array.from({ length: nHeads }, (_, head) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
        <span key={head} className="heads-label" style={{ left: LABELS.left + head * cell, width: cell }}>
          {head}
        </span>
      ))}
    </div>
  );
}
