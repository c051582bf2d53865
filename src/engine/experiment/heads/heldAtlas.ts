// The atlas of captures that lie in memory, on a host without a GPU: the kernels' twins, head for head.
import { type HeadScore, type HeadScores, headScores } from '../../analysis/headScores.ts';
import { blockHook } from '../../hooks/hookName.ts';
import type { FinishedRun } from '../../model/attendAgain.ts';
import { headThumbnail } from '../../reference/headThumbnails.ts';

/** Thumbnails: values[(layer · n_heads + head) · extent² + q · extent + k], the largest attention of each pool. */
export type HeadAtlas = {
  readonly nLayers: number;
  readonly nHeads: number;
  readonly extent: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly maxAbsDelta: readonly number[] | null; // [layer · n_heads + head]; null without another run
  readonly scores: HeadScores; // [layer · n_heads + head]
};

/** Draws the atlas of a run, and its differences from another's; both hold every layer's pattern. */
export async function heldAtlas(
  run: FinishedRun,
  other: FinishedRun | null,
  tokenIds: readonly number[],
  extent: number,
): Promise<HeadAtlas> {
  const { nLayers, nHeads } = run.config;
  const nPos = tokenIds.length;
  const hooks = Array.from({ length: nLayers }, (_, layer) => blockHook(layer, 'attn.hook_pattern'));
  const patterns = await run.capture.read(hooks);
  const others = other && (await other.capture.read(hooks));
  const values = new Float32Array(nLayers * nHeads * extent * extent);
  const maxAbsDelta: number[] = [];
  patterns.forEach((pattern, layer) => {
    for (let head = 0; head < nHeads; head++) {
      const matrixOf = (all: Float32Array) => all.subarray(head * nPos * nPos, (head + 1) * nPos * nPos);
      const matrix = matrixOf(pattern.values);
      values.set(headThumbnail(matrix, nPos, extent), (layer * nHeads + head) * extent * extent);
      const against = others?.[layer];
      if (against) maxAbsDelta.push(largestDifference(matrix, matrixOf(against.values)));
    }
  });
  const layers = patterns.map((pattern) => headScores(pattern, tokenIds));
  const flat = (score: HeadScore) => layers.flatMap((scores) => scores[score]);
  const scores: HeadScores = {
    previousToken: flat('previousToken'),
    induction: flat('induction'),
    duplicateToken: flat('duplicateToken'),
    bosMass: flat('bosMass'),
    self: flat('self'),
    entropy: flat('entropy'),
  };
  return { nLayers, nHeads, extent, values, maxAbsDelta: others ? maxAbsDelta : null, scores };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.fround(Math.abs(value - (b[i] ?? Number.NaN)))), 0);
}
