// The real grid over the canvas: focusable cells with names, one tab stop, arrows move, Enter opens, p pins.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Atlas } from '../data.ts';
import { type HeadAt, headName, keyValueHeadOf, moveInRows, sameHead } from './layout.ts';
import { formatScore, GRID_METRICS, type GridMetric, scoreOf } from './metrics.ts';

type Props = {
  readonly atlas: Atlas;
  readonly rows: readonly (readonly HeadAt[])[];
  readonly isRanked: boolean;
  readonly metric: GridMetric;
  readonly matches: (at: HeadAt) => boolean;
  readonly nKeyValueHeads: number;
  readonly cell: number; // CSS pixels
  readonly origin: { readonly left: number; readonly top: number };
  readonly selected: HeadAt;
  readonly hovered: HeadAt | null;
  readonly group: number | null; // the kv head whose query heads are outlined in every layer
  readonly onSelect: (layer: number, head: number) => void;
  readonly onHover: (head: HeadAt | null) => void;
  readonly onPin: (head: HeadAt) => void;
};

/** Lays one gridcell over each thumbnail. */
export function HeadCells(props: Props) {
  const { rows, isRanked, cell, origin, selected, onSelect, onHover, onPin } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [wanted, setCursor] = useState(selected);
  useEffect(() => setCursor({ layer: selected.layer, head: selected.head }), [selected.layer, selected.head]);
  const heads = rows.flat();
  const cursor = heads.find((at) => sameHead(at, wanted)) ?? heads[0] ?? selected; // one tab stop, whatever is filtered

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') onSelect(cursor.layer, cursor.head);
    else if (event.key === 'p') onPin(cursor);
    else {
      const next = moveInRows(event.key, cursor, rows);
      if (!next) return;
      setCursor(next);
      grid.current?.querySelector<HTMLElement>(`[data-at="${headName(next)}"]`)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells lie over a canvas; a table element cannot
    <div
      ref={grid}
      role="grid"
      aria-label={isRanked ? 'Attention heads, best first' : 'Attention heads, layers down, heads across'}
      className="heads-grid"
      style={origin}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onHover(null)}
      tabIndex={-1}
    >
      {rows.map((cells, row) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its index
        // biome-ignore lint/a11y/useFocusableInteractive: its cells are focusable
        <div key={row} role="row" className="heads-row" style={{ top: row * cell }}>
          {isRanked ? null : (
            <span
              className="heads-layer"
              style={{ left: -origin.left, width: origin.left - 4, height: cell }}
              aria-hidden="true"
            >
              {row}
            </span>
          )}
          {cells.map((at, column) => (
            <HeadCell key={headName(at)} {...props} at={at} column={column} isCursor={sameHead(at, cursor)} />
          ))}
        </div>
      ))}
    </div>
  );
}

type CellProps = Props & { readonly at: HeadAt; readonly column: number; readonly isCursor: boolean };

function HeadCell({ at, column, isCursor, ...props }: CellProps) {
  const { atlas, metric, cell, isRanked, matches, selected, onSelect, onHover } = props;
  const score = scoreOf(metric, at, atlas);
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys of all its cells
    <div
      role="gridcell"
      data-at={headName(at)}
      className="heads-cell"
      aria-label={nameOf(at, props)}
      aria-selected={sameHead(at, selected)}
      data-group={inGroup(at, props) || undefined}
      data-off={matches(at) ? undefined : true}
      tabIndex={isCursor ? 0 : -1}
      style={{ left: column * cell }}
      onPointerEnter={() => onHover(at)}
      onClick={() => onSelect(at.layer, at.head)}
    >
      {isRanked ? <span className="heads-tag">{headName(at)}</span> : null}
      {score !== null && cell >= 44 ? (
        <span className="heads-score">{Number.isNaN(score) ? 'none' : formatScore(metric, score)}</span>
      ) : null}
    </div>
  );
}

function inGroup(at: HeadAt, { hovered, group, atlas: { nHeads }, nKeyValueHeads }: Omit<Props, 'at'>): boolean {
  const own = keyValueHeadOf(at.head, nHeads, nKeyValueHeads);
  return own === group || (hovered?.layer === at.layer && own === keyValueHeadOf(hovered.head, nHeads, nKeyValueHeads));
}

function nameOf(at: HeadAt, { atlas, metric, nKeyValueHeads }: Omit<Props, 'at'>): string {
  const group = keyValueHeadOf(at.head, atlas.nHeads, nKeyValueHeads);
  const named = metric === 'pattern' && atlas.maxAbsDelta ? 'delta' : metric;
  const score = scoreOf(named, at, atlas);
  const label = GRID_METRICS.find(({ id }) => id === named)?.label ?? named;
  const said = score === null ? '' : `, ${label} ${Number.isNaN(score) ? 'none' : formatScore(named, score)}`;
  return `Layer ${at.layer} head ${at.head}, kv head ${group}${said}`;
}
