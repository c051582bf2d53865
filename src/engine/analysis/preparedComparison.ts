// A comparison of tensor pairs on the GPU, prepared once and repeated under any rule: one submit and one small readback for all pairs
// together, and one more for ULP ranks that need a closer look. Nothing is allocated or compiled in a repeated comparison.
// A pair that f32 cannot judge (comparisonTotals.ts) is read back and compared in f64, so that every answer is the twin's.
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { Readback, readTensors } from '../gpu/readback.ts';
import {
  type CompareShape,
  compare,
  compareFinish,
  compareShape,
  FINE_BINS,
  LIST_WORDS,
  type PairWork,
  TALLY_WORDS,
  talliesOf,
  ulpBins,
  ulpRefine,
  ulpSelect,
} from '../kernels/compare.ts';
import { elementCount, type Shape, sameShape } from '../tensor/shape.ts';
import { alignTensors } from './alignTensors.ts';
import { compareTensors, type Rule } from './compare.ts';
import type { ComparisonSummary } from './comparison.ts';
import { isBeyondF32, readTotals, summaryOf, type Totals } from './comparisonTotals.ts';
import { ruleWords } from './ruleWords.ts';
import { type FoundBin, fromCloserBin, fromFirstBin, type RankSearch, rankOf } from './ulpRanks.ts';

export type Pair = { readonly label: string; readonly a: GpuTensor; readonly b: GpuTensor };

type Prepared = Pair & { readonly shape: Shape; readonly n: number; readonly work: PairWork };

const SHARES = [0.5, 0.99] as const; // median, p99

/** Tensor pairs that are ready to be compared. Whoever prepared it frees it by `destroy`; the tensors are not its own. */
export class PreparedComparison {
  readonly #gpu: Gpu;
  readonly #asked: Asked;
  readonly #pairs: readonly Prepared[];
  readonly #buffers: Buffers;
  readonly #coarse: Plan;
  readonly #fine: Plan;
  readonly #totals: Readback;
  readonly #ranks: Readback;
  readonly #shape: CompareShape;

  private constructor(gpu: Gpu, asked: Asked, shape: CompareShape, { buffers, ...plans }: Plans) {
    this.#gpu = gpu;
    this.#asked = asked;
    this.#shape = shape;
    this.#pairs = asked.pairs;
    this.#buffers = buffers;
    this.#coarse = plans.coarse;
    this.#fine = plans.fine;
    this.#totals = plans.totals;
    this.#ranks = plans.ranks;
  }

  /**
   * Plans the comparison of every pair whose shapes go together; `labels` says which. Throws `limit` or `out-of-memory`. How it is dealt
   * out, left to the adapter unless given, changes nothing but time.
   */
  static async make(
    gpu: Gpu,
    pairs: readonly Pair[],
    shape: CompareShape = compareShape(gpu.adapter),
  ): Promise<PreparedComparison> {
    const asked = preparePairs(gpu, pairs);
    return new PreparedComparison(gpu, asked, shape, await plansOf(gpu, asked.pairs, shape));
  }

  /** The pairs that are compared, in the order of `run`'s answers. */
  get labels(): readonly string[] {
    return [...this.#asked.places.keys()];
  }

  /** Bytes read back by a comparison that needs no closer look. */
  get readbackBytes(): number {
    return this.#totals.byteLength;
  }

  /** Compares every pair under a rule. */
  async run(rule: Rule): Promise<ComparisonSummary[]> {
    if (this.#pairs.length === 0) return [];
    const [tallies, lists, found] = await this.#runCoarse(rule);
    const totals = this.#pairs.map((_, at) =>
      readTotals(
        wordsOf(tallies).subarray(at * TALLY_WORDS, (at + 1) * TALLY_WORDS),
        wordsOf(lists).subarray(at * LIST_WORDS, (at + 1) * LIST_WORDS),
      ),
    );
    const ranks = await this.#findRanks(totals, wordsOf(found));
    const summaries: ComparisonSummary[] = [];
    for (const [at, pair] of this.#pairs.entries()) {
      const [total, median, p99] = [totals[at], ranks[2 * at], ranks[2 * at + 1]];
      if (!total || median === undefined || p99 === undefined) throw new Error('internal: a pair has no totals');
      const summary = isBeyondF32(total)
        ? await compareInF64(this.#gpu, pair, rule)
        : summaryOf(total, { median, p99 }, pair.shape, pair.n, rule);
      summaries.push(summary);
    }
    return [...this.#asked.places.values()].flatMap((at) => summaries[at] ?? []);
  }

  destroy(): void {
    for (const part of [this.#coarse, this.#fine, this.#totals, this.#ranks]) part.destroy();
  }

  async #runCoarse(rule: Rule): Promise<Float32Array[]> {
    const { histograms, lists } = this.#buffers;
    this.#write(this.#buffers.rule, ruleWords(rule));
    return this.#submit([histograms, lists], (encoder) => this.#coarse.encode(encoder), this.#totals);
  }

  /** The ULP distances at each pair's two ranks, [pair · 2 + share]; looks closer until each is one distance. */
  async #findRanks(totals: readonly Totals[], found: Uint32Array): Promise<number[]> {
    const ranks = this.#pairs.flatMap(({ n }) => SHARES.map((share) => rankOf(share, n)));
    let searches: RankSearch[] = ranks.map((rank, at) => fromFirstBin(binAt(found, at), rank, ulpBins(this.#shape)));
    for (;;) {
      const open = totals.flatMap((total, at) => {
        const isOpen = searches[2 * at]?.kind === 'closer' || searches[2 * at + 1]?.kind === 'closer';
        return isOpen && !isBeyondF32(total) ? [at] : [];
      });
      if (open.length === 0) break;
      searches = await this.#lookCloser(searches, open);
    }
    return searches.map((search) => (search.kind === 'found' ? search.ulp : search.window.low));
  }

  async #lookCloser(searches: readonly RankSearch[], open: readonly number[]): Promise<RankSearch[]> {
    const { windows, fineSearches, fineHistograms } = this.#buffers;
    const nowhere = { low: 0xffffffff, shift: 0 }; // no two f32 are that far apart
    const asked = searches.map((search) => (search.kind === 'closer' ? search : { window: nowhere, rank: 1 }));
    this.#write(windows, Uint32Array.from(asked.flatMap(({ window: { low, shift } }) => [low, shift])));
    this.#write(fineSearches, Uint32Array.from(asked.flatMap(({ rank }, at) => [at * FINE_BINS, FINE_BINS, rank, 0])));
    const select = this.#pairs.length; // the step after the pairs'
    const encode = (encoder: GPUCommandEncoder) => this.#fine.encodeSome(encoder, [...open, select]);
    const [found] = await this.#submit([fineHistograms], encode, this.#ranks);
    const words = wordsOf(found);
    return searches.map((search, at) =>
      search.kind === 'closer' && open.includes(Math.floor(at / 2))
        ? fromCloserBin(binAt(words, at), search.rank, search.window)
        : search,
    );
  }

  async #submit(
    cleared: readonly BufferSlot[],
    encode: (encoder: GPUCommandEncoder) => void,
    readback: Readback,
  ): Promise<Float32Array[]> {
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'comparison' });
    for (const slot of cleared) encoder.clearBuffer(slot.buffer);
    encode(encoder);
    readback.encode(encoder);
    this.#gpu.device.queue.submit([encoder.finish()]);
    this.#gpu.counters.submits += 1;
    return readback.read();
  }

  #write(slot: BufferSlot, words: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.#gpu.device.queue.writeBuffer(slot.buffer, 0, words);
    this.#gpu.counters.uploadedBytes += words.byteLength;
  }
}

/** What is compared, and which of it answers each label: one layer's hook_resid_post is the next one's hook_resid_pre. */
type Asked = { readonly pairs: readonly Prepared[]; readonly places: ReadonlyMap<string, number> };

function preparePairs(gpu: Gpu, wanted: readonly Pair[]): Asked {
  const pairs: Prepared[] = [];
  const places = new Map<string, number>();
  let firstPartial = 0;
  for (const pair of wanted) {
    const aligned = alignTensors(pair.label, pair.a, pair.b);
    if (!aligned) continue;
    const same = pairs.findIndex(({ a, b }) => isSameMemory(a, pair.a) && isSameMemory(b, pair.b));
    places.set(pair.label, same < 0 ? pairs.length : same);
    if (same >= 0) continue;
    const n = elementCount(aligned.shape);
    // Many workgroups keep a GPU busy. Cores need few, and each costs a block that is looked at twice or thrice.
    const [least, most] = gpu.adapter.isSoftware ? [2048, 8] : [2048, 512];
    const chunk = 4 * Math.ceil(Math.max(least, n / most) / 4);
    const workgroups = Math.max(1, Math.ceil(n / chunk));
    const work = { pair: aligned.pair, index: pairs.length, firstPartial, chunk, workgroups };
    pairs.push({ ...pair, shape: aligned.shape, n, work });
    firstPartial += workgroups;
  }
  return { pairs, places };
}

function isSameMemory(a: GpuTensor, b: GpuTensor): boolean {
  return a.slot === b.slot && a.offset === b.offset && sameShape(a.shape, b.shape) && sameShape(a.strides, b.strides);
}

type Buffers = ReturnType<typeof buffersOf>;

function buffersOf(pairs: readonly Prepared[], shape: CompareShape) {
  const count = pairs.length;
  const partials = pairs.reduce((sum, { work }) => sum + work.workgroups, 0);
  const slot = (label: string, words: number) => new BufferSlot(`comparison ${label}`, words * 4);
  return {
    rule: slot('rule', 8),
    spans: slot('spans', 2 * count),
    tallies: slot('tallies', partials * talliesOf(shape) * TALLY_WORDS),
    totals: slot('totals', count * TALLY_WORDS),
    lists: slot('lists', count * LIST_WORDS),
    histograms: slot('histograms', count * ulpBins(shape).count),
    searches: slot('searches', 2 * count * 4),
    found: slot('ranks', 2 * count * 2),
    windows: slot('windows', 2 * count * 2),
    fineHistograms: slot('closer histograms', 2 * count * FINE_BINS),
    fineSearches: slot('closer searches', 2 * count * 4),
    fineFound: slot('closer ranks', 2 * count * 2),
  };
}

type Plans = {
  readonly buffers: Buffers;
  readonly coarse: Plan;
  readonly fine: Plan;
  readonly totals: Readback;
  readonly ranks: Readback;
};

async function plansOf(gpu: Gpu, pairs: readonly Prepared[], shape: CompareShape): Promise<Plans> {
  const count = pairs.length;
  const buffers = buffersOf(pairs, shape);
  const { spans, tallies, totals, lists, histograms, searches, found } = buffers;
  const { windows, fineHistograms, fineSearches, fineFound } = buffers;
  const coarse = await Plan.make(
    gpu,
    [
      ...pairs.map(({ work }) => compare(work, buffers, shape)),
      compareFinish({ pairs: count, spans, tallies, totals, shape }),
      ulpSelect({ count: 2 * count, searches, histograms, found, shape }),
    ],
    [buffers.rule, spans, tallies, totals, lists, histograms, searches, found],
  );
  const fine = await Plan.make(
    gpu,
    [
      ...pairs.map(({ work }) => ulpRefine(work, windows, fineHistograms, shape)),
      ulpSelect({ count: 2 * count, searches: fineSearches, histograms: fineHistograms, found: fineFound, shape }),
    ],
    [windows, fineHistograms, fineSearches, fineFound],
  );
  const bins = ulpBins(shape).count;
  const first = pairs.flatMap(({ n }, pair) => SHARES.flatMap((share) => [pair * bins, bins, rankOf(share, n), 0]));
  const perWorkgroup = talliesOf(shape);
  gpu.device.queue.writeBuffer(
    spans.buffer,
    0,
    Uint32Array.from(pairs.flatMap(({ work }) => [work.firstPartial, work.workgroups].map((at) => at * perWorkgroup))),
  );
  gpu.device.queue.writeBuffer(searches.buffer, 0, Uint32Array.from(first));
  return {
    buffers,
    coarse,
    fine,
    totals: await Readback.make(gpu, [words(totals), words(lists), words(found)]),
    ranks: await Readback.make(gpu, [words(fineFound)]),
  };
}

/** The answer of search `at`. */
function binAt(found: Uint32Array, at: number): FoundBin {
  return { bin: found[2 * at] ?? 0, before: found[2 * at + 1] ?? 0 };
}

/** All words of a buffer, as a tensor to be read back. */
function words(slot: BufferSlot): GpuTensor {
  return { label: slot.label, slot, shape: [slot.byteLength / 4], strides: [1], offset: 0 };
}

function wordsOf(values: Float32Array | undefined): Uint32Array {
  return values ? new Uint32Array(values.buffer, values.byteOffset, values.length) : new Uint32Array();
}

async function compareInF64(gpu: Gpu, { label, a, b }: Pair, rule: Rule): Promise<ComparisonSummary> {
  const [left, right] = await readTensors(gpu, [a, b]);
  const summary =
    left && right && compareTensors({ shape: a.shape, values: left }, { shape: b.shape, values: right }, rule);
  if (!summary) throw new Error(`internal: ${label} was paired on the GPU and does not go together on the CPU`);
  return summary;
}
