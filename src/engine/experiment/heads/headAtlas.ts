// All heads at a glance, reduced on the GPU: a thumbnail of each pattern in one atlas, its scores, and how far another run's is from it.
// Patterns that the runs kept are read where they lie; others are made again, one head at a time, in the same command buffer. What comes
// back is the atlas and eight numbers a head, whatever the length of the prompt.
import { type HeadScores, scoredQueries } from '../../analysis/headScores.ts';
import { Capture } from '../../capture/capture.ts';
import type { Gpu } from '../../gpu/device.ts';
import { BufferSlot } from '../../gpu/gpuTensor.ts';
import { type Paper, paperBytes, runOnce } from '../../gpu/paper.ts';
import type { Dispatch } from '../../gpu/plan.ts';
import { blockHook } from '../../hooks/hookName.ts';
import { headScoreSums, SUMS_PER_HEAD } from '../../kernels/headScores.ts';
import { type HeadPatterns, headThumbnails } from '../../kernels/headThumbnails.ts';
import { attendAgain, type FinishedRun, HeadScratch } from '../../model/attendAgain.ts';
import { type HeadAtlas, heldAtlas } from './heldAtlas.ts';

const MOST_EXTENT = 64;
const LEAST_EXTENT = 16;
const MOST_CELLS = 1 << 20; // of the whole atlas: 4 MB to read back

/** Cells a side of each thumbnail: as many as the prompt has tokens, 64 at most, fewer where there are many heads. */
export function thumbnailExtent(nPos: number, headsOfAll: number): number {
  const share = Math.floor(Math.sqrt(MOST_CELLS / headsOfAll));
  return Math.min(nPos, MOST_EXTENT, Math.max(LEAST_EXTENT, share));
}

/** Draws the atlas of a run on `tokenIds`; null where some layer's pattern is neither kept nor can be made again (a file's captures). */
export async function headAtlas(
  run: FinishedRun,
  other: FinishedRun | null,
  tokenIds: readonly number[],
): Promise<HeadAtlas | null> {
  const { nLayers, nHeads } = run.config;
  const nPos = tokenIds.length;
  if (!hasPatterns(run, nPos)) return null;
  const compared = other && hasPatterns(other, nPos) ? other : null;
  if (run.capture instanceof Capture) return sheetsOf(run, run.capture.gpu, compared, nPos).draw(tokenIds);
  return heldAtlas(run, compared, tokenIds, thumbnailExtent(nPos, nLayers * nHeads));
}

/** The bytes that drawing the atlas of these runs, which may be on paper, will hold on the GPU; 0 where there is none to draw. */
export function atlasBytes(run: FinishedRun, other: FinishedRun | null, nPos: number): number {
  if (!(run.capture instanceof Capture) || !hasPatterns(run, nPos)) return 0;
  const compared = other && hasPatterns(other, nPos) ? other : null;
  return paperBytes(sheetsOf(run, run.capture.gpu, compared, nPos).paper);
}

function sheetsOf(run: FinishedRun, gpu: Gpu, compared: FinishedRun | null, nPos: number): Sheets {
  const { config } = run;
  const { nLayers, nHeads } = config;
  const sheets = new Sheets(gpu, { nLayers, nHeads, nPos, extent: thumbnailExtent(nPos, nLayers * nHeads) });
  const scratch = [new HeadScratch(config, nPos), new HeadScratch(config, nPos)] as const;
  for (let layer = 0; layer < nLayers; layer++) {
    const [whole, otherWhole] = [keptPatterns(run, layer), compared && keptPatterns(compared, layer)];
    if (whole && (otherWhole || !compared)) {
      sheets.add({ pattern: whole, other: otherWhole, nHeads, firstHead: layer * nHeads });
      continue;
    }
    for (let head = 0; head < nHeads; head++) {
      const one = (side: FinishedRun, kept: HeadPatterns | null, into: HeadScratch): HeadPatterns => {
        if (kept) return { slot: kept.slot, offset: kept.offset + head * nPos * nPos };
        sheets.remake(into, attendAgain(side, layer, head, into));
        return { slot: into.pattern.slot, offset: 0 };
      };
      sheets.add({
        pattern: one(run, whole, scratch[0]),
        other: compared && one(compared, otherWhole, scratch[1]),
        nHeads: 1,
        firstHead: layer * nHeads + head,
      });
    }
  }
  return sheets;
}

/** The kept patterns of a layer, dense; null where they were not kept. */
function keptPatterns({ capture }: FinishedRun, layer: number): HeadPatterns | null {
  const tensor = capture instanceof Capture ? capture.tensor(blockHook(layer, 'attn.hook_pattern')) : undefined;
  return tensor ? { slot: tensor.slot, offset: tensor.offset } : null;
}

/** Tells whether every layer's pattern is there for this many tokens, or can be made again. */
function hasPatterns(run: FinishedRun, nPos: number): boolean {
  const { capture, config } = run;
  const scratch = new HeadScratch(config, nPos);
  return Array.from({ length: config.nLayers }, (_, layer) => layer).every((layer) => {
    const shape = capture.shapeOf(blockHook(layer, 'attn.hook_pattern'));
    if (shape) return shape.at(-1) === nPos && shape[0] === config.nHeads;
    return attendAgain(run, layer, 0, scratch).length > 0;
  });
}

type Shapes = { readonly nLayers: number; readonly nHeads: number; readonly nPos: number; readonly extent: number };
type Heads = Pick<Parameters<typeof headScoreSums>[0], 'pattern' | 'other' | 'nHeads' | 'firstHead'>;

/** The dispatches of an atlas, and what they write. */
class Sheets {
  readonly #dispatches: Dispatch[] = [];
  readonly #scratch = new Set<HeadScratch>();
  #isCompared = false;
  readonly #gpu: Gpu;
  readonly #shapes: Shapes;
  readonly #atlas: BufferSlot;
  readonly #sums: BufferSlot;
  readonly #tokens: BufferSlot;

  constructor(gpu: Gpu, shapes: Shapes) {
    const { nLayers, nHeads, nPos, extent } = shapes;
    this.#gpu = gpu;
    this.#shapes = shapes;
    this.#atlas = new BufferSlot('head atlas', 4 * nLayers * nHeads * extent * extent);
    this.#sums = new BufferSlot('head score sums', 4 * nLayers * nHeads * SUMS_PER_HEAD);
    this.#tokens = new BufferSlot('token_ids', 4 * nPos);
  }

  /** Makes a pattern again where the next `add` reads it. */
  remake(into: HeadScratch, dispatches: readonly Dispatch[]): void {
    this.#scratch.add(into);
    this.#dispatches.push(...dispatches);
  }

  add(heads: Heads): void {
    this.#isCompared ||= heads.other !== null;
    const { nPos, extent } = this.#shapes;
    const lanes = this.#gpu.adapter.isSoftware ? 4 : 64;
    const label = `heads from ${heads.firstHead}`;
    this.#dispatches.push(
      headThumbnails({ label, ...heads, nPos, atlas: this.#atlas, extent }),
      headScoreSums({ label, ...heads, nPos, tokenIds: this.#tokens, sums: this.#sums, lanes }),
    );
  }

  get paper(): Paper {
    const { nLayers, nHeads, extent } = this.#shapes;
    const heads = nLayers * nHeads;
    const flat = (slot: BufferSlot, shape: readonly [number, number]) => {
      return { label: slot.label, slot, shape, strides: [shape[1], 1], offset: 0 };
    };
    return {
      dispatches: this.#dispatches,
      owned: [this.#atlas, this.#sums, this.#tokens, ...[...this.#scratch].flatMap(({ slots }) => slots)],
      uploads: [...this.#scratch].flatMap(({ uploads }) => uploads),
      read: [flat(this.#atlas, [heads, extent * extent]), flat(this.#sums, [heads, SUMS_PER_HEAD])],
    };
  }

  async draw(tokenIds: readonly number[]): Promise<HeadAtlas | null> {
    const { nLayers, nHeads, extent } = this.#shapes;
    const heads = nLayers * nHeads;
    const { paper } = this;
    const uploads = [...paper.uploads, [this.#tokens, Uint32Array.from(tokenIds)] as const];
    const [values, sums] = await runOnce(this.#gpu, 'head atlas', { ...paper, uploads });
    if (!values || !sums) throw new Error('internal: an atlas was read back as nothing');
    const column = (at: number) => Array.from({ length: heads }, (_, head) => sums[head * SUMS_PER_HEAD + at] ?? 0);
    const scores = meansOf(column, tokenIds);
    return { nLayers, nHeads, extent, values, maxAbsDelta: this.#isCompared ? column(6) : null, scores };
  }
}

/** From sums over queries to the means of headScores.ts; NaN where no query has such a key. */
function meansOf(column: (at: number) => readonly number[], tokenIds: readonly number[]): HeadScores {
  const queries = scoredQueries(tokenIds);
  const mean = (at: number, count: number) => column(at).map((sum) => sum / count);
  return {
    previousToken: mean(0, queries.previousToken),
    induction: mean(1, queries.induction),
    duplicateToken: mean(2, queries.duplicateToken),
    bosMass: mean(3, queries.bosMass),
    self: mean(4, queries.self),
    entropy: mean(5, queries.entropy),
  };
}
