// A comparison on paper: its buffers and dispatches, from which its bytes are known before it is allocated. Pairs take turns
// (comparisonTurns.ts) at a few histograms, which are read before the next ones count in them: one a pair would outweigh the tensors of a
// small model.
import { BufferSlot, wholeSlot } from '../gpu/gpuTensor.ts';
import type { Paper } from '../gpu/paper.ts';
import {
  type CompareShape,
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
import { dealTurns, type Turn } from './comparisonTurns.ts';
import type { PlacedPair } from './pairing.ts';
import { rankOf } from './ulpRanks.ts';

/** Median and p99. */
export const SHARES = [0.5, 0.99] as const;

export type CountsPaper = Paper & { readonly turns: readonly Turn[] };

export type ComparisonPaper = CountsPaper & {
  readonly rule: BufferSlot;
  readonly lists: BufferSlot; // to be cleared before a comparison
  readonly histograms: BufferSlot; // to be cleared before each turn
};

/** Bytes that first histograms take at most, as long as one of them fits. */
const HISTOGRAM_BYTES = 2 << 20;

/** The comparison of pairs: tallies, lists, and the bins that hold each pair's ranks. */
export function comparisonPaper(pairs: readonly PlacedPair[], shape: CompareShape): ComparisonPaper {
  const bins = ulpBins(shape).count;
  const abreast = Math.max(1, Math.min(pairs.length, Math.floor(HISTOGRAM_BYTES / (4 * bins))));
  const buffers = countBuffers(pairs, shape, { histograms: abreast, lists: pairs.length });
  const { histograms } = buffers;
  const searches = slot('searches', 2 * pairs.length * 4);
  const found = slot('ranks', 2 * pairs.length * 2);
  const works = pairs.map(({ work }) => work);
  const dealt = dealTurns(works, { buffers, shape, abreast }, (first, end) =>
    ulpSelect({ first: 2 * first, count: 2 * (end - first), searches, histograms, found, shape }),
  );
  const merged = mergePaper(pairs, shape, buffers);
  const asked = pairs.flatMap(({ n }, at) =>
    SHARES.flatMap((share) => [(dealt.histograms[at] ?? 0) * bins, bins, rankOf(share, n), 0]),
  );
  return {
    ...buffers,
    turns: dealt.turns,
    dispatches: [...dealt.dispatches, ...merged.dispatches],
    owned: [...Object.values(buffers), ...dealt.owned, ...merged.owned, searches, found],
    uploads: [...dealt.uploads, ...merged.uploads, [searches, Uint32Array.from(asked)]],
    read: [...merged.read, wholeSlot(buffers.lists), wholeSlot(found)],
  };
}

/** Counts of elements whose bits are equal: all pairs in one histogram and one list that nobody reads, under a rule that stays 0. */
export function countsPaper(pairs: readonly PlacedPair[], shape: CompareShape): CountsPaper {
  const buffers = countBuffers(pairs, shape, { histograms: 1, lists: 1 });
  const works = pairs.map(({ work }) => ({ ...work, index: 0 }));
  const dealt = dealTurns(works, { buffers, shape, abreast: null });
  const merged = mergePaper(pairs, shape, buffers);
  return {
    turns: dealt.turns,
    dispatches: [...dealt.dispatches, ...merged.dispatches],
    owned: [...Object.values(buffers), ...dealt.owned, ...merged.owned],
    uploads: [...dealt.uploads, ...merged.uploads],
    read: merged.read,
  };
}

/** Where pairs count. */
function countBuffers(
  pairs: readonly PlacedPair[],
  shape: CompareShape,
  { histograms, lists }: { readonly histograms: number; readonly lists: number },
) {
  const partials = pairs.reduce((sum, { work }) => sum + work.workgroups, 0);
  return {
    rule: slot('rule', 8),
    tallies: slot('tallies', partials * talliesOf(shape) * TALLY_WORDS),
    histograms: slot('histograms', histograms * ulpBins(shape).count),
    lists: slot('lists', lists * LIST_WORDS),
  };
}

/** The merging of each pair's tallies into one, which is read back. */
function mergePaper(
  pairs: readonly PlacedPair[],
  shape: CompareShape,
  { tallies }: { readonly tallies: BufferSlot },
): Paper {
  const spans = slot('spans', 2 * pairs.length);
  const totals = slot('totals', pairs.length * TALLY_WORDS);
  const perWorkgroup = talliesOf(shape);
  const spanOf = ({ work }: PlacedPair) => [work.firstPartial, work.workgroups].map((at) => at * perWorkgroup);
  return {
    dispatches: [compareFinish({ pairs: pairs.length, spans, tallies, totals, shape })],
    owned: [spans, totals],
    uploads: [[spans, Uint32Array.from(pairs.flatMap(spanOf))]],
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
