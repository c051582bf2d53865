// A comparison of tensor pairs on the GPU, prepared once and repeated under any rule: one submit and one small readback for all pairs
// together, and one more for ULP ranks that need a closer look. Nothing is allocated or compiled in a repeated comparison.
// A pair that f32 cannot judge (comparisonTotals.ts) is read back and compared in f64, so that every answer is the twin's.
import type { Gpu } from '../gpu/device.ts';
import { PreparedPaper, paperBytes } from '../gpu/paper.ts';
import { readTensors } from '../gpu/readback.ts';
import { type CompareShape, compareShape, LIST_WORDS, TALLY_WORDS, ulpBins } from '../kernels/compare.ts';
import { bitsOf } from '../tensor/bits.ts';
import { CloserLook } from './closerLook.ts';
import { compareTensors, type Rule } from './compare.ts';
import type { ComparisonSummary } from './comparison.ts';
import { type ComparisonPaper, closerPaper, comparisonPaper, SHARES } from './comparisonPlan.ts';
import { isBeyondF32, readTotals, summaryOf, type Totals } from './comparisonTotals.ts';
import { encodeTurns } from './comparisonTurns.ts';
import { type Pair, type Pairing, pairUp } from './pairing.ts';
import { ruleWords } from './ruleWords.ts';
import { fromFirstBin, type RankSearch, rankOf } from './ulpRanks.ts';

export type { Pair } from './pairing.ts';

/** The most bytes that a comparison of these pairs will hold, a closer look among them. */
export function comparisonBytes(gpu: Gpu, pairs: readonly Pair[], shape = compareShape(gpu.adapter)): number {
  const { pairs: placed } = pairUp(gpu.adapter, pairs);
  return paperBytes(comparisonPaper(placed, shape)) + paperBytes(closerPaper(placed, shape));
}

type Parts = {
  readonly gpu: Gpu;
  readonly shape: CompareShape;
  readonly pairing: Pairing;
  readonly paper: ComparisonPaper;
  readonly prepared: PreparedPaper;
};

/** Tensor pairs that are ready to be compared. Whoever prepared it frees it by `destroy`; the tensors are not its own. */
export class PreparedComparison {
  readonly #parts: Parts;
  #closer: CloserLook | null = null; // made when a rank first needs it

  private constructor(parts: Parts) {
    this.#parts = parts;
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
    const pairing = pairUp(gpu.adapter, pairs);
    const paper = comparisonPaper(pairing.pairs, shape);
    return new PreparedComparison({ gpu, shape, pairing, paper, prepared: await PreparedPaper.make(gpu, paper) });
  }

  /** The pairs that are compared, in the order of `run`'s answers. */
  get labels(): readonly string[] {
    return [...this.#parts.pairing.places.keys()];
  }

  /** Bytes read back by a comparison that needs no closer look. */
  get readbackBytes(): number {
    return this.#parts.prepared.readbackBytes;
  }

  /** Compares every pair under a rule. Throws `limit` or `out-of-memory` where the first closer look finds no room. */
  async run(rule: Rule): Promise<ComparisonSummary[]> {
    const { gpu, pairing } = this.#parts;
    const { pairs, places } = pairing;
    if (pairs.length === 0) return [];
    const [tallies, lists, found] = await this.#count(rule);
    const totals = pairs.map((_, at) => readTotals(wordsAt(tallies, at, TALLY_WORDS), wordsAt(lists, at, LIST_WORDS)));
    const ranks = await this.#findRanks(totals, found);
    const summaries: ComparisonSummary[] = [];
    for (const [at, pair] of pairs.entries()) {
      const [total, median, p99] = [totals[at], ranks[2 * at], ranks[2 * at + 1]];
      if (!total || median === undefined || p99 === undefined) throw new Error('internal: a pair has no totals');
      const summary = isBeyondF32(total)
        ? await compareInF64(gpu, pair, rule)
        : summaryOf(total, { median, p99 }, pair.shape, pair.n, rule);
      summaries.push(summary);
    }
    return [...places.values()].flatMap((at) => summaries[at] ?? []);
  }

  destroy(): void {
    this.#parts.prepared.destroy();
    this.#closer?.destroy();
  }

  /** Totals, lists, and the bin of each rank. */
  async #count(rule: Rule): Promise<Uint32Array[]> {
    const { gpu, paper, prepared } = this.#parts;
    gpu.write(paper.rule, ruleWords(rule));
    const read = await prepared.run('comparison', (encoder, plan) => {
      encoder.clearBuffer(paper.lists.buffer);
      encodeTurns(encoder, plan, paper.turns, paper.histograms);
    });
    return read.map(bitsOf);
  }

  /** The ULP distances at each pair's two ranks, [pair · 2 + share]; looks closer until each is one distance. */
  async #findRanks(totals: readonly Totals[], found: Uint32Array = new Uint32Array()): Promise<number[]> {
    const { gpu, pairing, shape } = this.#parts;
    const ranks = pairing.pairs.flatMap(({ n }) => SHARES.map((share) => rankOf(share, n)));
    const bins = ulpBins(shape);
    let searches: RankSearch[] = ranks.map((rank, at) =>
      fromFirstBin({ bin: found[2 * at] ?? 0, before: found[2 * at + 1] ?? 0 }, rank, bins),
    );
    for (;;) {
      const open = totals.flatMap((total, at) => {
        const isOpen = searches[2 * at]?.kind === 'closer' || searches[2 * at + 1]?.kind === 'closer';
        return isOpen && !isBeyondF32(total) ? [at] : [];
      });
      if (open.length === 0) break;
      this.#closer ??= await CloserLook.make(gpu, pairing.pairs, shape);
      searches = await this.#closer.look(searches, open);
    }
    return searches.map((search) => (search.kind === 'found' ? search.ulp : search.window.low));
  }
}

/** The words of entry `at`. */
function wordsAt(words: Uint32Array = new Uint32Array(), at: number, count: number): Uint32Array {
  return words.subarray(at * count, (at + 1) * count);
}

async function compareInF64(gpu: Gpu, { label, a, b }: Pair, rule: Rule): Promise<ComparisonSummary> {
  const [left] = await readTensors(gpu, [a]); // one after the other: both may be large
  const [right] = await readTensors(gpu, [b]);
  const summary =
    left && right && compareTensors({ shape: a.shape, values: left }, { shape: b.shape, values: right }, rule);
  if (!summary) throw new Error(`internal: ${label} was paired on the GPU and does not go together on the CPU`);
  return summary;
}
