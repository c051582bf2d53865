// One head of the runs that were made, left on the GPU: its matrices of A, of B and of their difference, pooled there as
// analysis/pooledMatrix.ts pools them. What comes back is their ranges, and the pixels of whatever window is looked at; the values
// themselves only when they are asked for. Of 2,048 tokens that is some bytes instead of three times 16 MB.
import { levelExtents, type MatrixRange } from '../../analysis/pooledMatrix.ts';
import { Capture } from '../../capture/capture.ts';
import type { Gpu } from '../../gpu/device.ts';
import { BufferSlot, sliceOf, wholeSlot } from '../../gpu/gpuTensor.ts';
import { PreparedPaper } from '../../gpu/paper.ts';
import type { Dispatch } from '../../gpu/plan.ts';
import { readTensors } from '../../gpu/readback.ts';
import { blockHook } from '../../hooks/hookName.ts';
import { EMPTY_RANGE, matrixDifference, matrixRange, poolMatrix, type Square } from '../../kernels/heldMatrix.ts';
import { attendAgain, type FinishedRun, HeadScratch } from '../../model/attendAgain.ts';
import { bitsOf, f32OfBits, f32OfKey } from '../../tensor/bits.ts';
import type { HeadAt } from './headMatrix.ts';
import { type MatrixPainting, PaintedMatrix } from './paintedMatrix.ts';

type Sides<T> = { readonly a: T | null; readonly b: T | null };
export type HeldSide = 'a' | 'b' | 'delta';
const SIDES: readonly HeldSide[] = ['a', 'b', 'delta'];

/** Whoever makes one frees it by `destroy`, before a run that its captures belong to is run again. */
export class HeldHead {
  readonly #gpu: Gpu;
  readonly #prepared: PreparedPaper;
  readonly #levels: Readonly<Record<HeldSide, readonly Square[]>>;
  readonly ranges: Readonly<Record<HeldSide, MatrixRange | null>>;

  private constructor(
    gpu: Gpu,
    prepared: PreparedPaper,
    { levels, ranges }: Pick<HeldHead, 'ranges'> & { levels: Levels },
  ) {
    this.#gpu = gpu;
    this.#prepared = prepared;
    this.#levels = levels;
    this.ranges = ranges;
  }

  /**
   * Makes the matrices of the runs there are, of a prompt of `nPos` tokens. Null where they do not lie on one GPU, or are made of more
   * than scores and patterns. Throws `limit` or `out-of-memory`.
   */
  static async make(runs: Sides<FinishedRun>, at: HeadAt, nPos: number): Promise<HeldHead | null> {
    const { capture } = runs.a ?? runs.b ?? {};
    if (!(capture instanceof Capture) || at.show === 'weighted') return null;
    const { gpu } = capture;
    const work = new Work(gpu, nPos);
    const [a, b] = [runs.a && work.matrix(runs.a, at), runs.b && work.matrix(runs.b, at)];
    if ((runs.a && !a) || (runs.b && !b)) return null;
    const delta = a && b && work.difference(a, b);
    const levels = { a: work.levels('a', a), b: work.levels('b', b), delta: work.levels('delta', delta) };
    return work.run((prepared, ranges) => new HeldHead(gpu, prepared, { levels, ranges }));
  }

  /** Draws a window of a side. The caller frees what it gets. Throws where that side was not made. */
  paint(side: HeldSide, painting: MatrixPainting): Promise<PaintedMatrix> {
    const cells = this.#levels[side][painting.level];
    if (!cells)
      throw new Error(`internal: level ${painting.level} of side ${side} of a head is not there to be painted`);
    return PaintedMatrix.make(this.#gpu, cells, painting);
  }

  /** Reads the values of A and of B: [query_pos, key_pos]. */
  async read(): Promise<Sides<Float32Array<ArrayBuffer>>> {
    const matrices = (['a', 'b'] as const).flatMap((side) => this.#levels[side][0] ?? []);
    const read = await readTensors(
      this.#gpu,
      matrices.map(({ slot, offset, extent }) => ({
        ...{ label: slot.label, slot, offset },
        ...{ shape: [extent, extent], strides: [extent, 1] },
      })),
    );
    const [first = null, second = null] = read;
    return this.ranges.a ? { a: first, b: second } : { a: null, b: first };
  }

  destroy(): void {
    this.#prepared.destroy();
  }
}

type Levels = Readonly<Record<HeldSide, readonly Square[]>>;

/** What is to be dispatched, and what it writes. */
class Work {
  readonly #gpu: Gpu;
  readonly #nPos: number;
  readonly #dispatches: Dispatch[] = [];
  readonly #owned: BufferSlot[] = [];
  readonly #scratch: HeadScratch[] = [];
  readonly #spent: BufferSlot[] = []; // once all has run
  readonly #ranges = new BufferSlot('ranges of a head', 4 * SIDES.length * EMPTY_RANGE.length);
  readonly #ranged = new Set<HeldSide>();

  constructor(gpu: Gpu, nPos: number) {
    this.#gpu = gpu;
    this.#nPos = nPos;
  }

  /** A side's scores or pattern: where the run kept it, or made again; null where neither can be. */
  matrix(run: FinishedRun, { show, layer, head }: HeadAt): Square | null {
    const { capture } = run;
    const hook = blockHook(layer, show === 'scores' ? 'attn.hook_attn_scores' : 'attn.hook_pattern');
    const kept = capture instanceof Capture && capture.gpu === this.#gpu ? capture.tensor(hook) : undefined;
    if (kept) {
      const { slot, offset, shape, strides } = sliceOf(kept, 0, head);
      const isDense = shape.every((extent) => extent === this.#nPos) && strides[0] === this.#nPos && strides[1] === 1;
      return isDense ? { slot, offset, extent: this.#nPos } : null;
    }
    const scratch = new HeadScratch(run.config, this.#nPos);
    const dispatches = attendAgain(run, layer, head, scratch);
    if (dispatches.length === 0) return null;
    const [wanted, other] = show === 'scores' ? [scratch.scores, scratch.pattern] : [scratch.pattern, scratch.scores];
    this.#dispatches.push(...(show === 'scores' ? dispatches.slice(0, 1) : dispatches));
    this.#scratch.push(scratch);
    this.#owned.push(...scratch.slots);
    this.#spent.push(other.slot);
    return { slot: wanted.slot, offset: 0, extent: this.#nPos };
  }

  difference(a: Square, b: Square): Square {
    const slot = new BufferSlot('delta of a head', 4 * this.#nPos * this.#nPos);
    this.#owned.push(slot);
    this.#dispatches.push(matrixDifference(slot.label, a, b, slot));
    return { slot, offset: 0, extent: this.#nPos };
  }

  /** The matrix and its levels above; none where there is no matrix. */
  levels(side: HeldSide, matrix: Square | null): readonly Square[] {
    if (!matrix) return [];
    const [label, { adapter }] = [`range of ${side}`, this.#gpu];
    this.#ranged.add(side);
    this.#dispatches.push(matrixRange({ label, matrix, ranges: this.#ranges, at: SIDES.indexOf(side), adapter }));
    const levels = [matrix];
    for (const extent of levelExtents(this.#nPos).slice(1)) {
      const slot = new BufferSlot(`${side} of a head, ${extent} cells a side`, 4 * extent * extent);
      const beneath = levels.at(-1) ?? matrix;
      this.#dispatches.push(poolMatrix(slot.label, beneath, slot));
      this.#owned.push(slot);
      levels.push({ slot, offset: 0, extent });
    }
    return levels;
  }

  async run<T>(finish: (prepared: PreparedPaper, ranges: HeldHead['ranges']) => T): Promise<T> {
    const prepared = await PreparedPaper.make(this.#gpu, {
      dispatches: this.#dispatches,
      owned: [...this.#owned, this.#ranges],
      uploads: [
        ...this.#scratch.flatMap(({ uploads }) => uploads),
        [this.#ranges, Uint32Array.from(SIDES.flatMap(() => EMPTY_RANGE))],
      ],
      read: [wholeSlot(this.#ranges)],
    });
    try {
      const [read = new Float32Array()] = await prepared.run('a head that stays on the GPU');
      for (const slot of [...this.#spent, this.#ranges]) slot.destroy();
      const words = bitsOf(read);
      const rangeOf = (side: HeldSide) => {
        const first = SIDES.indexOf(side) * EMPTY_RANGE.length;
        return this.#ranged.has(side) ? rangeOfWords(words.subarray(first, first + EMPTY_RANGE.length)) : null;
      };
      return finish(prepared, { a: rangeOf('a'), b: rangeOf('b'), delta: rangeOf('delta') });
    } catch (error) {
      prepared.destroy();
      throw error;
    }
  }
}

/** A range from the words of matrixRange.wgsl. */
export function rangeOfWords([low = 0, high = 0, smallest = 0, most = 0, hasNaN = 0]: Uint32Array): MatrixRange {
  const mostAfterFirst = f32OfBits(most);
  const isEmpty = low > high;
  return {
    low: isEmpty ? 0 : f32OfKey(low) + 0, // no −0
    high: isEmpty ? 0 : f32OfKey(high) + 0,
    smallest: smallest === EMPTY_RANGE[2] ? 0 : f32OfBits(smallest),
    mostAfterFirst,
    hasNaN: hasNaN === 1,
  };
}
