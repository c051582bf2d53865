// Where the reader stands, through a reload: tabs, pins, what is ranked and scored. What is read back is checked field by field, so that
// what an older page kept, or a hand wrote, costs no more than itself.
import type { Memory } from '../session/memory.ts';
import { DIFFERENCE_IDS } from '../views/amplification/differences.ts';
import { type HeadAt, MOST_PINS } from '../views/headGrid/layout.ts';
import { GRID_METRICS } from '../views/headGrid/metrics.ts';
import { DRAWER_TABS, NARROW_TABS, PANELS } from './places.ts';
import type { Ui } from './uiState.ts';

const idsOf = <T extends string>(list: readonly { readonly id: T }[]): readonly T[] => list.map(({ id }) => id);

/** Reads what this tab kept over `first`; what is missing or is not as it should be stays as there. */
export function recallUi(memory: Memory, first: Ui): Ui {
  const kept = parse(memory);
  return {
    ...first,
    narrowTab: oneOf(idsOf(NARROW_TABS), kept.narrowTab) ?? first.narrowTab,
    drawerTab: oneOf(idsOf(DRAWER_TABS), kept.drawerTab) ?? first.drawerTab,
    maximised: oneOf(idsOf(PANELS), kept.maximised) ?? first.maximised,
    ladderShows: oneOf(['hooks', 'table', 'amplification'] as const, kept.ladderShows) ?? first.ladderShows,
    difference: oneOf(DIFFERENCE_IDS, kept.difference) ?? first.difference,
    rankBy: oneOf(['index', 'a', 'b', 'difference', 'ulp'] as const, kept.rankBy) ?? first.rankBy,
    swept: oneOf(['edits', 'paths'] as const, kept.swept) ?? first.swept,
    scoredOn: oneOf(['prompt', 'repeated'] as const, kept.scoredOn) ?? first.scoredOn,
    headMetric: oneOf(idsOf(GRID_METRICS), kept.headMetric) ?? first.headMetric,
    pins: Array.isArray(kept.pins) ? kept.pins.filter(isHeadAt).slice(0, MOST_PINS) : first.pins,
  };
}

/** Keeps all but what is open above the page. Does nothing where the storage is full or closed: it then lasts as long as the page. */
export function keepUi(memory: Memory, { dialog: _dialog, query: _query, ...kept }: Ui): void {
  try {
    memory.save(JSON.stringify(kept));
  } catch {
    // see above
  }
}

function parse(memory: Memory): Readonly<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse(memory.load() ?? '{}');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((name) => name === value);
}

function isHeadAt(value: unknown): value is HeadAt {
  if (typeof value !== 'object' || value === null || !('layer' in value) || !('head' in value)) return false;
  return [value.layer, value.head].every((at) => Number.isInteger(at) && Number(at) >= 0);
}
