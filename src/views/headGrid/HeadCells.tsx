// The real grid over the canvas: focusable cells with names, one tab stop, arrows move, Enter opens.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Atlas } from '../data.ts';
import { formatFigure } from '../format.ts';
import { type HeadAt, headName, keyValueHeadOf, moveInGrid } from './layout.ts';

type Props = {
  readonly atlas: Atlas;
  readonly nKeyValueHeads: number;
  readonly cell: number; // CSS pixels
  readonly origin: { readonly left: number; readonly top: number };
  readonly showScore: boolean;
  readonly selected: HeadAt;
  readonly hovered: HeadAt | null;
  readonly onSelect: (layer: number, head: number) => void;
  readonly onHover: (head: HeadAt | null) => void;
};

/** Lays one gridcell over each thumbnail. */
export function HeadCells(props: Props) {
  const { atlas, nKeyValueHeads, cell, origin, selected, hovered, onSelect, onHover } = props;
  const { nLayers, nHeads } = atlas;
  const grid = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(selected);
  useEffect(() => setCursor({ layer: selected.layer, head: selected.head }), [selected.layer, selected.head]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect(cursor.layer, cursor.head);
      return;
    }
    const next = event.ctrlKey || event.metaKey ? null : moveInGrid(event.key, cursor, nLayers, nHeads);
    if (!next) return;
    event.preventDefault();
    setCursor(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${headName(next)}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells lie over a canvas; a table element cannot
    <div
      ref={grid}
      role="grid"
      aria-label="Attention heads, layers down, heads across"
      className="heads-grid"
      style={origin}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onHover(null)}
      tabIndex={-1}
    >
      {Array.from({ length: nLayers }, (_, layer) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid
        // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index
        // biome-ignore lint/a11y/useFocusableInteractive: its cells are focusable
        <div key={layer} role="row" className="heads-row" style={{ top: layer * cell }}>
          <span
            className="heads-layer"
            style={{ left: -origin.left, width: origin.left - 4, height: cell }}
            aria-hidden="true"
          >
            {layer}
          </span>
          {Array.from({ length: nHeads }, (_, head) => {
            const at = { layer, head };
            return (
              // biome-ignore lint/a11y/useSemanticElements: see the grid
              <div
                key={headName(at)}
                role="gridcell"
                data-at={headName(at)}
                className="heads-cell"
                aria-label={nameOf(at, props)}
                aria-selected={sameHead(at, selected)}
                data-group={inGroup(at, hovered, nHeads, nKeyValueHeads) || undefined}
                tabIndex={sameHead(at, cursor) ? 0 : -1}
                style={{ left: head * cell }}
                onPointerEnter={() => onHover(at)}
                onClick={() => onSelect(layer, head)}
                onKeyDown={undefined}
              >
                {props.showScore && cell >= 44 ? <span className="heads-score">{scoreOf(at, atlas)}</span> : null}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function sameHead(one: HeadAt, other: HeadAt): boolean {
  return one.layer === other.layer && one.head === other.head;
}

function inGroup(at: HeadAt, hovered: HeadAt | null, nHeads: number, nKeyValueHeads: number): boolean {
  if (!hovered || hovered.layer !== at.layer) return false;
  return keyValueHeadOf(at.head, nHeads, nKeyValueHeads) === keyValueHeadOf(hovered.head, nHeads, nKeyValueHeads);
}

function scoreOf({ layer, head }: HeadAt, atlas: Atlas): string {
  const delta = atlas.maxAbsDelta?.[layer * atlas.nHeads + head];
  return delta === undefined ? '' : formatFigure(delta, 2);
}

function nameOf(at: HeadAt, { atlas, nKeyValueHeads }: Props): string {
  const score = scoreOf(at, atlas);
  const group = keyValueHeadOf(at.head, atlas.nHeads, nKeyValueHeads);
  return `Layer ${at.layer} head ${at.head}, kv head ${group}${score ? `, largest difference ${score}` : ''}`;
}
