// Maps as text, layers down, and the cells that move the metric most: what sweeps of edits and of paths share.
import { formatFigure, type Metric } from '../engine/index.ts';

type Valued = { readonly value: number };
export type MapCell = { readonly layer: number; readonly column: number; readonly value: number };

const WIDTH = 9;
const STRONGEST = 5;

/** What was measured where, and what it is in the runs that nothing edits. */
export function ownText(metric: Metric, position: number, clean: number, corrupted: number | null): string {
  const other = corrupted === null ? '' : `, corrupted prompt ${formatFigure(corrupted)}`;
  return `${metric.kind} behind position ${position}: unedited ${formatFigure(clean)}${other}`;
}

/** One map: a line a layer, a column a head or position; what is not there stays empty. */
export function mapText(title: string, cells: readonly MapCell[], nLayers: number): string {
  const nColumns = 1 + Math.max(0, ...cells.map(({ column }) => column));
  const columns = Array.from({ length: nColumns }, (_, at) => at);
  const numbers = columns.map((at) => String(at).padStart(WIDTH)).join('');
  const rows = Array.from({ length: nLayers }, (_, layer) => {
    const valueAt = new Map(cells.filter((cell) => cell.layer === layer).map(({ column, value }) => [column, value]));
    const values = columns.map((at) => {
      const value = valueAt.get(at);
      return (value === undefined ? '' : formatFigure(value)).padStart(WIDTH);
    });
    return `  L${String(layer).padEnd(4)}${values.join('')}`.trimEnd();
  });
  return [title, `       ${numbers.slice(1)}`, ...rows].join('\n');
}

/** The cells that depart most from the unedited value, the largest first, each by its name. */
export function strongestText<T extends Valued>(
  cells: readonly T[],
  clean: number,
  nameOf: (cell: T) => string,
): string {
  const effect = ({ value }: Valued) => Math.abs(value - clean);
  const strongest = [...cells].sort((one, other) => effect(other) - effect(one)).slice(0, STRONGEST);
  return ['strongest', ...strongest.map((cell) => `  ${nameOf(cell)}${signed(cell.value - clean)}`)].join('\n');
}

function signed(value: number): string {
  return value > 0 ? `+${formatFigure(value)}` : formatFigure(value);
}
