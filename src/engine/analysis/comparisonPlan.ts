// A comparison on paper: its buffers and dispatches, from which its bytes are known before it is allocated. Pairs take turns at a few
// histograms, which are read before the next ones count in them: one a pair would outweigh the tensors of a small model.
import { BufferSlot, wholeSlot } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import {
  type CompareShape,
  compare,
  compareFinish,
  FINE_BINS,
  LIST_WORDS,
  TALLY_WORDS,
  talliesOf,
  ulpBins,
  ulpRefine,
  ulpSelect,
  WINDOW_WORDS,
} from '../kernels/compare.ts';
import type { PlacedPair } from './pairing.ts';
import type { Paper } from './paper.ts';
import { rankOf } from './ulpRanks.ts';

/** Median and p99. */
export const SHARES = [0.5, 0.99] as const;

/** Dispatches from `first` up to `end` that count in histograms which are empty before. */
export type Turn = { readonly first: number; readonly end: number };

export type ComparisonPaper = Paper & {
  readonly rule: BufferSlot;
  readonly lists: BufferSlot; // to be cleared before a comparison
  readonly histograms: BufferSlot; // to be cleared before each turn
  readonly turns: readonly Turn[];
};

/** Bytes that first histograms take at most, as long as one of them fits. */
const HISTOGRAM_BYTES = 2 << 20;

/** The comparison of pairs: tallies, lists, and the bins that hold each pair's ranks. */
export function comparisonPaper(pairs: readonly PlacedPair[], shape: CompareShape): ComparisonPaper {
  const bins = ulpBins(shape).count;
  const abreast = Math.max(1, Math.min(pairs.length, Math.floor(HISTOGRAM_BYTES / (4 * bins))));
  const counted = countedPaper(pairs, shape, { histograms: abreast, lists: pairs.length });
  const searches = slot('searches', 2 * pairs.length * 4);
  const found = slot('ranks', 2 * pairs.length * 2);
  const [dispatches, turns]: [Dispatch[], Turn[]] = [[], []];
  for (let at = 0; at < pairs.length; at += abreast) {
    const some = pairs.slice(at, at + abreast);
    const first = dispatches.length;
    dispatches.push(...some.map(({ work }, place) => compare({ ...work, histogram: place }, counted.buffers, shape)));
    const select = { first: 2 * at, count: 2 * some.length, searches, histograms: counted.buffers.histograms, found };
    dispatches.push(ulpSelect({ ...select, shape }));
    turns.push({ first, end: dispatches.length });
  }
  const asked = pairs.flatMap(({ n }, at) =>
    SHARES.flatMap((share) => [(at % abreast) * bins, bins, rankOf(share, n), 0]),
  );
  return {
    ...counted.buffers,
    turns,
    dispatches: [...dispatches, ...counted.finish],
    owned: [...counted.owned, searches, found],
    uploads: [...counted.uploads, [searches, Uint32Array.from(asked)]],
    read: [...counted.read, wholeSlot(counted.buffers.lists), wholeSlot(found)],
  };
}

/** Counts of elements whose bits are equal: all pairs in one histogram and one list that nobody reads, under a rule that stays 0. */
export function countsPaper(pairs: readonly PlacedPair[], shape: CompareShape): Paper {
  const { buffers, finish, ...counted } = countedPaper(pairs, shape, { histograms: 1, lists: 1 });
  const walks = pairs.map(({ work }) => compare({ ...work, index: 0, histogram: 0 }, buffers, shape));
  return { ...counted, dispatches: [...walks, ...finish] };
}

/** What every comparison has: where pairs count, and the merging of what they counted. */
function countedPaper(
  pairs: readonly PlacedPair[],
  shape: CompareShape,
  { histograms, lists }: { readonly histograms: number; readonly lists: number },
) {
  const count = pairs.length;
  const perWorkgroup = talliesOf(shape);
  const partials = pairs.reduce((sum, { work }) => sum + work.workgroups, 0);
  const spans = slot('spans', 2 * count);
  const totals = slot('totals', count * TALLY_WORDS);
  const buffers = {
    rule: slot('rule', 8),
    tallies: slot('tallies', partials * perWorkgroup * TALLY_WORDS),
    histograms: slot('histograms', histograms * ulpBins(shape).count),
    lists: slot('lists', lists * LIST_WORDS),
  };
  const spanOf = ({ work }: PlacedPair) => [work.firstPartial, work.workgroups].map((at) => at * perWorkgroup);
  return {
    buffers,
    finish: [compareFinish({ pairs: count, spans, tallies: buffers.tallies, totals, shape })],
    owned: [...Object.values(buffers), spans, totals],
    uploads: [[spans, Uint32Array.from(pairs.flatMap(spanOf))]] as const,
    read: [wholeSlot(totals)],
  };
}

export type CloserPaper = Paper & {
  readonly windows: BufferSlot; // [pairs, WINDOW_WORDS]
  readonly searches: BufferSlot; // [2 · pairs] of (offset, bins, rank, 0), in the order in which pairs take their turns
  readonly histograms: BufferSlot; // to be cleared before each turn
};

/** Pairs that are looked at more closely before the histograms are read. */
export const CLOSER_ABREAST = 32;

/** The closer look: a dispatch a pair, in the order of the pairs, then a search for each turn that these can take. */
export function closerPaper(pairs: readonly PlacedPair[], shape: CompareShape): CloserPaper {
  const count = pairs.length;
  const windows = slot('windows', count * WINDOW_WORDS);
  const histograms = slot('closer histograms', 2 * Math.min(count, CLOSER_ABREAST) * FINE_BINS);
  const searches = slot('closer searches', 2 * count * 4);
  const found = slot('closer ranks', 2 * count * 2);
  const turns = Array.from({ length: Math.ceil(count / CLOSER_ABREAST) }, (_, turn) => turn * CLOSER_ABREAST);
  const select = (first: number) => {
    const asked = { first: 2 * first, count: 2 * Math.min(CLOSER_ABREAST, count - first) };
    return ulpSelect({ ...asked, searches, histograms, found, shape });
  };
  return {
    dispatches: [...pairs.map(({ work }) => ulpRefine(work, windows, histograms, shape)), ...turns.map(select)],
    owned: [windows, histograms, searches, found],
    uploads: [],
    read: [wholeSlot(found)],
    windows,
    searches,
    histograms,
  };
}

function slot(label: string, words: number): BufferSlot {
  return new BufferSlot(`comparison ${label}`, words * 4);
}
