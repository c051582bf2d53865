// What the panels of heads ask of a kept run: all heads at a glance, and one head's matrix of both runs with their difference. Of a long
// prompt the matrices stay on the GPU, which paints what is looked at; their values are read when somebody asks for one.
import {
  type Captured,
  type ExperimentResult,
  type FinishedRun,
  forwardSpecOf,
  GpuError,
  HeldHead,
  headAtlas,
  headMatrix,
  type MatrixRange,
  type ModelConfig,
  matrixDifference,
  type PaintedMatrix,
  type PooledMatrix,
  pooledMatrix,
} from '../engine/index.ts';
import type { HeadView, PatternAtlas, Side } from './answers.ts';
import type { RequestOf } from './protocol.ts';

/** Tokens of the longest prompt whose matrices are read at once: 1 MB each. */
export const LONGEST_READ_AT_ONCE = 512;

type Kept = {
  readonly runId: number;
  readonly tokenIds: readonly number[];
  readonly reports: Pick<ExperimentResult, Side>;
  readonly a: Captured | null;
  readonly b: Captured | null;
};

/** Thumbnails and scores of every head: A's where it ran, else B's. */
export async function atlasOf(config: ModelConfig, kept: Kept): Promise<PatternAtlas> {
  const [a, b] = [finished(config, kept, 'a'), finished(config, kept, 'b')];
  const shown = a ?? b;
  if (!shown) return null;
  const heads = await headAtlas(shown, a && b, kept.tokenIds);
  return heads && { side: a ? 'a' : 'b', heads };
}

type At = Pick<RequestOf<'head'>, 'runId' | 'show' | 'layer' | 'head'>;

/** The head that is looked at, where it lies on the GPU; one at a time. */
export class LookedAt {
  #at: At | null = null;
  #head: HeldHead | null = null;

  /** One head, ready to be drawn at any distance; its values, unless they may stay where they are. */
  async view(config: ModelConfig, kept: Kept, at: RequestOf<'head'>, isSoftware: boolean): Promise<HeadView> {
    const nPos = kept.tokenIds.length;
    const runs = { a: finished(config, kept, 'a'), b: finished(config, kept, 'b') };
    const mayStay = at.stays === 'auto' ? !isSoftware : at.stays !== undefined; // there nothing is far away (docs/decisions/014)
    if (mayStay && nPos > LONGEST_READ_AT_ONCE) {
      const held = await this.#hold(runs, at, nPos);
      if (held) return { nPos, a: rangeAlone(held.a), b: rangeAlone(held.b), delta: rangeAlone(held.delta) };
    }
    const read = await this.#read(at);
    const matrixOf = (run: FinishedRun | null) => (run ? headMatrix(run, at, nPos) : null);
    const a = read ? read.a : await matrixOf(runs.a);
    const b = read ? read.b : await matrixOf(runs.b);
    const delta = a && b && a.length === b.length ? matrixDifference(a, b) : null;
    const pooled = (matrix: Float32Array<ArrayBuffer> | null) => matrix && pooledMatrix(matrix, nPos);
    return { nPos, a: pooled(a), b: pooled(b), delta: pooled(delta) };
  }

  /** Paints a window of the head; null where it is not there any more: its values were read, or another was looked at since. */
  paint({ side, painting, ...at }: RequestOf<'paint'>): Promise<PaintedMatrix> | null {
    return this.#head && isSame(this.#at, at) ? this.#head.paint(side, painting) : null;
  }

  /** Frees it. To be called before the run that it is of makes room for another. */
  drop(): void {
    this.#head?.destroy();
    [this.#at, this.#head] = [null, null];
  }

  async #hold(runs: Record<Side, FinishedRun | null>, at: At, nPos: number): Promise<HeldHead['ranges'] | null> {
    this.drop();
    try {
      this.#head = await HeldHead.make(runs, at, nPos);
    } catch (error) {
      if (error instanceof GpuError && (error.kind === 'limit' || error.kind === 'out-of-memory')) return null;
      throw error;
    }
    this.#at = at;
    return this.#head?.ranges ?? null;
  }

  async #read(at: At) {
    const values = this.#head && isSame(this.#at, at) ? await this.#head.read() : null;
    this.drop();
    return values;
  }
}

function isSame(one: At | null, { runId, show, layer, head }: At): boolean {
  return one?.runId === runId && one.show === show && one.layer === layer && one.head === head;
}

/** What a scale needs, and no values yet. */
function rangeAlone(range: MatrixRange | null): PooledMatrix | null {
  return range && { ...range, levels: [], strongest: [] };
}

function finished(config: ModelConfig, { reports, ...kept }: Kept, side: Side): FinishedRun | null {
  const { [side]: capture } = kept;
  const spec = reports[side]?.spec;
  return capture && { config, capture, spec: spec?.engine === 'webgpu' ? forwardSpecOf(spec) : null };
}
