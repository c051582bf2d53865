// Tensor pairs that should be copies of each other, ready to be checked bit for bit: how many elements differ, and nothing else, so
// that it holds neither a histogram nor a list of each pair's own.
import type { Gpu } from '../gpu/device.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Readback } from '../gpu/readback.ts';
import { type CompareShape, compareShape, TALLY_WORDS } from '../kernels/compare.ts';
import { countsPaper } from './comparisonPlan.ts';
import { readTotals } from './comparisonTotals.ts';
import { encodeTurns, type Turn } from './comparisonTurns.ts';
import { type Pair, type PlacedPair, pairUp } from './pairing.ts';
import { allocatePaper, paperBytes, wordsOf } from './paper.ts';

/** The bytes that a check of these pairs will hold. */
export function copiesBytes(gpu: Gpu, pairs: readonly Pair[], shape = compareShape(gpu.adapter)): number {
  return paperBytes(countsPaper(pairUp(gpu.adapter, pairs).pairs, shape));
}

/** Whoever prepared it frees it by `destroy`; the tensors are not its own. */
export class PreparedCopies {
  readonly #gpu: Gpu;
  readonly #pairs: readonly PlacedPair[];
  readonly #turns: readonly Turn[];
  readonly #plan: Plan;
  readonly #readback: Readback;

  private constructor(gpu: Gpu, pairs: readonly PlacedPair[], turns: readonly Turn[], plan: Plan, readback: Readback) {
    this.#gpu = gpu;
    this.#turns = turns;
    this.#pairs = pairs;
    this.#plan = plan;
    this.#readback = readback;
  }

  /** Plans the check of every pair whose shapes go together. Throws `limit` or `out-of-memory`. */
  static async make(
    gpu: Gpu,
    pairs: readonly Pair[],
    shape: CompareShape = compareShape(gpu.adapter),
  ): Promise<PreparedCopies> {
    const { pairs: placed } = pairUp(gpu.adapter, pairs);
    const paper = countsPaper(placed, shape);
    const { plan, readback } = await allocatePaper(gpu, paper);
    return new PreparedCopies(gpu, placed, paper.turns, plan, readback);
  }

  /** Counts the elements whose bits differ, of all pairs together. */
  async differing(): Promise<number> {
    if (this.#pairs.length === 0) return 0;
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'copies' });
    encodeTurns(encoder, this.#plan, this.#turns);
    this.#readback.encode(encoder);
    this.#gpu.submit(encoder);
    const words = wordsOf((await this.#readback.read())[0]);
    return this.#pairs.reduce((sum, { n }, at) => {
      const { bitEqual } = readTotals(words.subarray(at * TALLY_WORDS, (at + 1) * TALLY_WORDS), new Uint32Array());
      return sum + n - bitEqual;
    }, 0);
  }

  destroy(): void {
    this.#plan.destroy();
    this.#readback.destroy();
  }
}
