// Tensor pairs that should be copies of each other, ready to be checked bit for bit: how many elements differ, and nothing else, so
// that it holds neither a histogram nor a list of each pair's own.
import type { Gpu } from '../gpu/device.ts';
import { PreparedPaper, paperBytes } from '../gpu/paper.ts';
import { type CompareShape, compareShape, TALLY_WORDS } from '../kernels/compare.ts';
import { bitsOf } from '../tensor/bits.ts';
import { countsPaper } from './comparisonPlan.ts';
import { readTotals } from './comparisonTotals.ts';
import { encodeTurns, type Turn } from './comparisonTurns.ts';
import { type Pair, type PlacedPair, pairUp } from './pairing.ts';

/** The bytes that a check of these pairs will hold. */
export function copiesBytes(gpu: Gpu, pairs: readonly Pair[], shape = compareShape(gpu.adapter)): number {
  return paperBytes(countsPaper(pairUp(gpu.adapter, pairs).pairs, shape));
}

/** Whoever prepared it frees it by `destroy`; the tensors are not its own. */
export class PreparedCopies {
  readonly #pairs: readonly PlacedPair[];
  readonly #turns: readonly Turn[];
  readonly #prepared: PreparedPaper;

  private constructor(pairs: readonly PlacedPair[], turns: readonly Turn[], prepared: PreparedPaper) {
    this.#pairs = pairs;
    this.#turns = turns;
    this.#prepared = prepared;
  }

  /** Plans the check of every pair whose shapes go together. Throws `limit` or `out-of-memory`. */
  static async make(
    gpu: Gpu,
    pairs: readonly Pair[],
    shape: CompareShape = compareShape(gpu.adapter),
  ): Promise<PreparedCopies> {
    const { pairs: placed } = pairUp(gpu.adapter, pairs);
    const paper = countsPaper(placed, shape);
    return new PreparedCopies(placed, paper.turns, await PreparedPaper.make(gpu, paper));
  }

  /** Counts the elements whose bits differ, of all pairs together. */
  async differing(): Promise<number> {
    if (this.#pairs.length === 0) return 0;
    const [tallies = new Float32Array()] = await this.#prepared.run('copies', (encoder, plan) =>
      encodeTurns(encoder, plan, this.#turns),
    );
    const words = bitsOf(tallies);
    return this.#pairs.reduce((sum, { n }, at) => {
      const { bitEqual } = readTotals(words.subarray(at * TALLY_WORDS, (at + 1) * TALLY_WORDS), new Uint32Array());
      return sum + n - bitEqual;
    }, 0);
  }

  destroy(): void {
    this.#prepared.destroy();
  }
}
