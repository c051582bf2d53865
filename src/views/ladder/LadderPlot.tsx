// The plot of the ladder: an SVG of ticks, and over it a listbox with one option a hook, for pointer, keyboard and screen reader alike.
import { type KeyboardEvent, useMemo } from 'react';
import type { HookName, LadderRow } from '../../engine/index.ts';
import { formatFigure } from '../format.ts';
import { useElementSize } from '../marks/useElementSize.ts';
import { LadderMarks, MARGIN } from './LadderMarks.tsx';
import { columnsOf, METRICS, type Metric, metricOf, moveByKey, slotsOf } from './layout.ts';

type Props = {
  readonly rows: readonly LadderRow[];
  readonly metric: Metric;
  readonly atol: number;
  readonly selected: HookName;
  readonly onSelect: (hook: HookName) => void;
  readonly onHover: (hook: HookName | null) => void;
};

/** Plots the rows; the chosen hook is marked, arrows move it. */
export function LadderPlot({ rows, metric, atol, selected, onSelect, onHover }: Props) {
  const [box, { width, height }] = useElementSize<HTMLDivElement>();
  const columns = useMemo(() => columnsOf(rows.map((row) => row.hook)), [rows]);
  const slots = slotsOf(columns, Math.max(0, width - MARGIN.left - MARGIN.right));
  const index = rows.findIndex((row) => row.hook === selected);
  const label = METRICS.find((option) => option.id === metric)?.label ?? metric;

  const onKeyDown = (event: KeyboardEvent) => {
    const next = event.ctrlKey || event.metaKey ? null : moveByKey(event.key, Math.max(0, index), columns);
    const row = next === null ? undefined : rows[next];
    if (!row) return;
    event.preventDefault();
    onSelect(row.hook);
  };
  return (
    <div className="ladder-plot" ref={box}>
      {width > 0 && height > 0 ? (
        <>
          <LadderMarks {...{ rows, metric, atol, columns, slots, width, height, index }} />
          <div
            className="ladder-options"
            role="listbox"
            aria-label={`Hooks in running order, ${label}`}
            tabIndex={0}
            aria-activedescendant={index >= 0 ? `ladder-option-${index}` : undefined}
            onKeyDown={onKeyDown}
            onPointerLeave={() => onHover(null)}
            style={{ left: MARGIN.left, right: MARGIN.right }}
          >
            {rows.map((row, at) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the listbox, aria-activedescendant names the option
              <div
                key={row.hook}
                id={`ladder-option-${at}`}
                role="option"
                aria-selected={at === index}
                aria-label={`${row.hook}: ${label} ${formatFigure(metricOf(row.summary, metric))}, ${row.summary.verdict}${byItself(row, metric)}`}
                className="ladder-option"
                style={{ left: slots.left(at), width: slots.slotWidth }}
                onPointerEnter={() => onHover(row.hook)}
                onClick={() => onSelect(row.hook)}
              />
            ))}
          </div>
        </>
      ) : null}
    </div>
  );
}

function byItself({ local }: LadderRow, metric: Metric): string {
  return local ? `; by itself ${formatFigure(metricOf(local, metric))}, ${local.verdict}` : '';
}
