// Where each hook of the ladder stands: a column a block, a slot a hook in running order, y by log10 of a metric. Pure.
import { type ComparisonSummary, type HookName, type LadderRow, parseHookName } from '../../engine/index.ts';

export type Metric = 'maxAbs' | 'relL2' | 'ulpP99';

export const METRICS = [
  { id: 'maxAbs', label: 'max |Δ|' },
  { id: 'relL2', label: 'rel. L2' },
  { id: 'ulpP99', label: 'p99 ULP' },
] as const;

/** Reads a metric off a summary. */
export function metricOf(summary: ComparisonSummary, metric: Metric): number {
  return summary[metric];
}

export type Column = { readonly title: string; readonly first: number; readonly count: number };

/** Groups rows in running order: what comes before the blocks, each block, what comes after. */
export function columnsOf(hooks: readonly HookName[]): Column[] {
  const columns: { title: string; first: number; count: number; layer: number | null }[] = [];
  hooks.forEach((hook, index) => {
    const parsed = parseHookName(hook);
    const layer = parsed?.kind === 'block' ? parsed.layer : null;
    const last = columns.at(-1);
    if (last && last.layer === layer) last.count++;
    else columns.push({ title: layer === null ? '' : `block ${layer}`, first: index, count: 1, layer });
  });
  return columns.map(({ title, first, count }) => ({
    title: title || (first === 0 ? 'embed' : 'final'),
    first,
    count,
  }));
}

/** Slots of empty room between two columns. */
const GAP_SLOTS = 1.5;

export type Slots = { readonly left: (index: number) => number; readonly slotWidth: number };

/** Shares `width` among the rows, with room between columns. */
export function slotsOf(columns: readonly Column[], width: number): Slots {
  const rows = columns.reduce((total, column) => total + column.count, 0);
  const slotWidth = width / Math.max(1, rows + GAP_SLOTS * columns.length);
  const columnOf = columns.flatMap((column, at) => Array.from({ length: column.count }, () => at));
  return { slotWidth, left: (index) => slotWidth * (index + GAP_SLOTS * ((columnOf[index] ?? 0) + 0.5)) };
}

export type Decades = { readonly low: number; readonly high: number }; // powers of ten

/** Spans the non-zero values, and the tolerance where there is one; null where all values are 0. */
export function decadesOf(values: readonly number[], tolerance: number | null): Decades | null {
  const finite = values.filter((value) => value > 0 && Number.isFinite(value));
  if (finite.length === 0) return null;
  const all = tolerance !== null && tolerance > 0 ? [...finite, tolerance] : finite;
  const low = Math.floor(Math.log10(Math.min(...all)));
  return { low, high: Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all)) + 0.1)) };
}

/** Places a value between `bottom` (10^low) and `top` (10^high); what is not finite stands at the top. */
export function heightOf(value: number, decades: Decades, top: number, bottom: number): number {
  if (!Number.isFinite(value)) return top;
  const t = (Math.log10(value) - decades.low) / (decades.high - decades.low);
  return bottom - Math.min(1, Math.max(0, t)) * (bottom - top);
}

/** Chooses the powers of ten to write, at most `most`. */
export function decadeTicks(decades: Decades, most: number): number[] {
  const step = Math.max(1, Math.ceil((decades.high - decades.low) / most));
  const ticks: number[] = [];
  for (let power = decades.high; power >= decades.low; power -= step) ticks.push(power);
  return ticks;
}

/** Moves the selection by a key: a hook along, a block along, to an end. Null where the key does not move it. */
export function moveByKey(key: string, index: number, columns: readonly Column[]): number | null {
  const count = columns.reduce((total, column) => total + column.count, 0);
  const clamp = (wanted: number) => Math.min(count - 1, Math.max(0, wanted));
  const at = columns.findIndex((column) => index >= column.first && index < column.first + column.count);
  const toColumn = (wanted: number) => {
    const from = columns[at];
    const to = columns[wanted];
    return from && to ? to.first + Math.min(index - from.first, to.count - 1) : index;
  };
  switch (key) {
    case 'ArrowRight':
      return clamp(index + 1);
    case 'ArrowLeft':
      return clamp(index - 1);
    case 'ArrowDown':
      return toColumn(at + 1);
    case 'ArrowUp':
      return toColumn(at - 1);
    case 'Home':
      return 0;
    case 'End':
      return clamp(count - 1);
    default:
      return null;
  }
}

export type LadderVerdict = {
  readonly kind: 'bit-identical' | 'within' | 'outside';
  readonly differing: number;
  readonly failing: number;
  readonly firstDeparture: LadderRow | null;
  readonly firstFailure: LadderRow | null;
  readonly firstOwn: LadderRow | null; // the first whose operation alone, fed what A had, is outside the rule; else differs
};

/** Says how the runs part over all rows. */
export function verdictOf(rows: readonly LadderRow[]): LadderVerdict {
  const differing = rows.filter((row) => row.summary.verdict !== 'bit-identical');
  const failing = rows.filter((row) => row.summary.verdict === 'outside');
  const own = rows.filter(({ local }) => local !== null && local.verdict !== 'bit-identical');
  return {
    kind: failing.length > 0 ? 'outside' : differing.length > 0 ? 'within' : 'bit-identical',
    differing: differing.length,
    failing: failing.length,
    firstDeparture: differing[0] ?? null,
    firstFailure: failing[0] ?? null,
    firstOwn: own.find(({ local }) => local?.verdict === 'outside') ?? own[0] ?? null,
  };
}
