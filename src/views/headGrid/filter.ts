// The filter of the head grid: `L9H6`, `L9`, `kv:1`, `metric>1e-6`, `induction>0.4`; terms stand side by side and all must hold. Pure.
import type { Atlas } from '../data.ts';
import { type HeadAt, keyValueHeadOf } from './layout.ts';
import { GRID_METRICS, type GridMetric, scoreOf } from './metrics.ts';

export type FilterContext = {
  readonly atlas: Atlas;
  readonly nKeyValueHeads: number;
  readonly metric: GridMetric; // what `metric` means in a term
};

export type Filter =
  | { readonly kind: 'filter'; readonly matches: (at: HeadAt, context: FilterContext) => boolean }
  | { readonly kind: 'problem'; readonly message: string };

type Matches = (at: HeadAt, context: FilterContext) => boolean;

/** Reads a filter; an empty one matches every head. */
export function parseFilter(text: string): Filter {
  const terms = text
    .trim()
    .replace(/\s*(>=|<=|>|<|=|:)\s*/g, '$1')
    .split(/\s+/)
    .filter(Boolean);
  const parsed = terms.map((term) => ({ term, matches: parseTerm(term) }));
  const bad = parsed.find(({ matches }) => matches === null);
  if (bad) {
    const words = GRID_METRICS.slice(1)
      .map(({ word }) => word)
      .join(', ');
    return {
      kind: 'problem',
      message: `“${bad.term}” is no term. Write L9H6, L9, kv:1, metric>1e-6, or one of ${words} with > or <.`,
    };
  }
  return { kind: 'filter', matches: (at, context) => parsed.every(({ matches }) => matches?.(at, context)) };
}

function parseTerm(term: string): Matches | null {
  const head = /^l(\d+)(?:h(\d+))?$/i.exec(term);
  if (head) {
    const [layer, at] = [Number(head[1]), head[2] === undefined ? null : Number(head[2])];
    return (found) => found.layer === layer && (at === null || found.head === at);
  }
  const column = /^h(\d+)$/i.exec(term);
  if (column) return (found) => found.head === Number(column[1]);
  const group = /^kv:(\d+)$/i.exec(term);
  if (group) {
    return (found, { atlas, nKeyValueHeads }) =>
      keyValueHeadOf(found.head, atlas.nHeads, nKeyValueHeads) === Number(group[1]);
  }
  return parseComparison(term);
}

function parseComparison(term: string): Matches | null {
  const [, word, operator, written] = /^([a-z]+)(>=|<=|>|<)(.+)$/i.exec(term) ?? [];
  const metric = GRID_METRICS.find((known) => known.word === word?.toLowerCase())?.id;
  const bound = Number(written);
  if (!operator || written === undefined || !Number.isFinite(bound)) return null;
  if (!metric && word?.toLowerCase() !== 'metric') return null;
  return (at, context) => {
    const value = scoreOf(metric ?? context.metric, at, context.atlas) ?? Number.NaN;
    if (operator === '>') return value > bound;
    if (operator === '<') return value < bound;
    return operator === '>=' ? value >= bound : value <= bound;
  };
}
