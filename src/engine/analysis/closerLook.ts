// ULP ranks that lie beyond the first histogram's exact bins, found by ever closer histograms of the pairs that need them. Made when
// the first pair does: most comparisons never do.
import type { Gpu } from '../gpu/device.ts';
import { PreparedPaper } from '../gpu/paper.ts';
import { type CompareShape, FINE_BINS } from '../kernels/compare.ts';
import { bitsOf } from '../tensor/bits.ts';
import { CLOSER_ABREAST, type CloserPaper, closerPaper } from './comparisonPlan.ts';
import type { PlacedPair } from './pairing.ts';
import { fromCloserBin, type RankSearch } from './ulpRanks.ts';

/** A window that no distance lies in: no two f32 are that far apart. */
const NOWHERE = { low: 0xffffffff, shift: 0 };

/** Whoever made it frees it by `destroy`. */
export class CloserLook {
  readonly #gpu: Gpu;
  readonly #paper: CloserPaper;
  readonly #prepared: PreparedPaper;
  readonly #pairs: number;

  private constructor(gpu: Gpu, paper: CloserPaper, prepared: PreparedPaper, pairs: number) {
    this.#gpu = gpu;
    this.#paper = paper;
    this.#prepared = prepared;
    this.#pairs = pairs;
  }

  /** Plans it for any of the pairs. Throws `limit` or `out-of-memory`. */
  static async make(gpu: Gpu, pairs: readonly PlacedPair[], shape: CompareShape): Promise<CloserLook> {
    const paper = closerPaper(pairs, shape);
    return new CloserLook(gpu, paper, await PreparedPaper.make(gpu, paper), pairs.length);
  }

  /** Looks at the `open` pairs; `searches` are all pairs', two each. Gives them anew. */
  async look(searches: readonly RankSearch[], open: readonly number[]): Promise<RankSearch[]> {
    const { windows, searches: asked } = this.#paper;
    const of = (pair: number) => [searches[2 * pair], searches[2 * pair + 1]];
    const windowOf = (search: RankSearch | undefined) => (search?.kind === 'closer' ? search.window : NOWHERE);
    const places = new Map(open.map((pair, turn) => [pair, turn]));
    const placeOf = (turn: number) => (turn % CLOSER_ABREAST) * 2 * FINE_BINS;
    const windowWords = Array.from({ length: this.#pairs }, (_, pair) => {
      const [median, p99] = of(pair)
        .map(windowOf)
        .map(({ low, shift }) => [low, shift]);
      return [...(median ?? []), ...(p99 ?? []), placeOf(places.get(pair) ?? 0), 0];
    });
    const searchWords = open.flatMap((pair, turn) =>
      of(pair).map((search, at) => [
        placeOf(turn) + at * FINE_BINS,
        FINE_BINS,
        search?.kind === 'closer' ? search.rank : 1,
        0,
      ]),
    );
    this.#gpu.write(windows, Uint32Array.from(windowWords.flat()));
    this.#gpu.write(asked, Uint32Array.from(searchWords.flat()));
    const words = await this.#count(open);
    return searches.map((search, at) => {
      const turn = places.get(Math.floor(at / 2));
      if (search.kind !== 'closer' || turn === undefined) return search;
      const place = 2 * (2 * turn + (at % 2));
      return fromCloserBin({ bin: words[place] ?? 0, before: words[place + 1] ?? 0 }, search.rank, search.window);
    });
  }

  /** Where each search's rank lies, (bin, before) each, in the order of `open`. */
  async #count(open: readonly number[]): Promise<Uint32Array> {
    const [found = new Float32Array()] = await this.#prepared.run('closer look', (encoder, plan) => {
      for (let first = 0; first < open.length; first += CLOSER_ABREAST) {
        encoder.clearBuffer(this.#paper.histograms.buffer);
        const select = this.#pairs + first / CLOSER_ABREAST;
        plan.encodeSome(encoder, [...open.slice(first, first + CLOSER_ABREAST), select]);
      }
    });
    return bitsOf(found);
  }

  destroy(): void {
    this.#prepared.destroy();
  }
}
