// What a path sweep is asked for, as its form edits it, and how its cells are laid out. Pure.
import {
  nameOf,
  type PathCell,
  type PathSweep,
  parseEnds,
  parseReceiver,
  parseSender,
  type Receiver,
} from '../../engine/index.ts';
import type { GridMap, MapShape } from './maps.ts';
import { type MetricChoices, metricChoicesOf, metricOf } from './metrics.ts';

export type PathChoices = MetricChoices & {
  readonly senders: string; // as it is written: all, or L0H3, L1.mlp, embed
  readonly receivers: string; // L1H7.q, L1KV1.k, L2.mlp, final
  readonly heads: PathSweep['heads'];
  readonly mlps: PathSweep['mlps'];
};

const ALL = /^\s*all\s*$/i;

/** Says what is wrong with a list of senders; null where it can be read. */
export function whyNotSenders(text: string): string | null {
  if (ALL.test(text)) return null;
  const ends = parseEnds(text, parseSender);
  if (typeof ends === 'string') return `${ends} is no sender: L0H3, L1.mlp or embed`;
  return ends.length === 0 ? 'all, or L0H3, L1.mlp, embed' : null;
}

/** Says what is wrong with a list of receivers; null where it can be read. */
export function whyNotReceivers(text: string): string | null {
  const ends = parseEnds(text, parseReceiver);
  if (typeof ends === 'string') return `${ends} is no receiver: L1H7.q, L1KV1.k, L2.mlp or final`;
  return ends.length === 0 ? 'L1H7.q, L1KV1.k, L2.mlp, final' : null;
}

/** The path sweep that a form's choices mean; null where they cannot be read. */
export function pathSweepOf({ senders, receivers, heads, mlps, ...metric }: PathChoices): PathSweep | null {
  const from = ALL.test(senders) ? ('all' as const) : parseEnds(senders, parseSender);
  const to = parseEnds(receivers, parseReceiver);
  if (typeof to === 'string' || to.length === 0 || (from !== 'all' && (typeof from === 'string' || from.length === 0)))
    return null;
  return { senders: from, receivers: to, heads, mlps, metric: metricOf(metric), position: metric.position };
}

/** The choices that a path sweep was asked by. */
export function pathChoicesOf(
  { senders, receivers, heads, mlps, metric, position }: PathSweep,
  hasKvHeads: boolean,
): Partial<PathChoices> {
  const written = (ends: PathSweep['receivers'] | Exclude<PathSweep['senders'], 'all'>) =>
    ends.map((end) => nameOf(end, hasKvHeads)).join(', ');
  return {
    senders: senders === 'all' ? 'all' : written(senders),
    receivers: written(receivers),
    heads,
    mlps,
    ...metricChoicesOf(metric, position),
  };
}

/** The q, k and v inputs of a head, as receivers; `group`: query heads of one kv head. */
export function inputsOf(layer: number, head: number, group: number): readonly Receiver[] {
  const kv = Math.floor(head / group);
  return [
    { kind: 'q', layer, head },
    { kind: 'k', layer, head: kv },
    { kind: 'v', layer, head: kv },
  ];
}

/** The maps of a path sweep: heads, then MLPs; what the embedding tells stands beside them. */
export function pathMapsOf(cells: readonly PathCell[], { nLayers, nHeads }: MapShape): GridMap<PathCell>[] {
  const ofHeads = new Map<string, PathCell>();
  const ofMlps = new Map<number, PathCell>();
  for (const cell of cells) {
    if (cell.sender.kind === 'head') ofHeads.set(`${cell.sender.layer} ${cell.sender.head}`, cell);
    if (cell.sender.kind === 'mlp') ofMlps.set(cell.sender.layer, cell);
  }
  return [
    {
      title: 'result of each head',
      columns: 'heads',
      nRows: nLayers,
      nColumns: nHeads,
      at: (row, column) => ofHeads.get(`${row} ${column}`),
    },
    {
      title: 'output of each MLP',
      columns: 'layer',
      nRows: nLayers,
      nColumns: 1,
      at: (row) => ofMlps.get(row),
    },
  ];
}
