// What the panels of heads ask of a kept run: all heads at a glance, and one head's matrix of both runs with their difference.
import {
  type Captured,
  type ExperimentResult,
  type FinishedRun,
  forwardSpecOf,
  headAtlas,
  headMatrix,
  type ModelConfig,
  matrixDifference,
  pooledMatrix,
} from '../engine/index.ts';
import type { HeadView, PatternAtlas, Side } from './answers.ts';
import type { RequestOf } from './protocol.ts';

type Kept = {
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

/** One head, ready to be drawn at any distance. */
export async function headOf(config: ModelConfig, kept: Kept, at: RequestOf<'head'>): Promise<HeadView> {
  const nPos = kept.tokenIds.length;
  const matrixOf = (run: FinishedRun | null) => (run ? headMatrix(run, at, nPos) : null);
  const a = await matrixOf(finished(config, kept, 'a'));
  const b = await matrixOf(finished(config, kept, 'b'));
  const delta = a && b && a.length === b.length ? matrixDifference(a, b) : null;
  const pooled = (matrix: Float32Array<ArrayBuffer> | null) => matrix && pooledMatrix(matrix, nPos);
  return { nPos, a: pooled(a), b: pooled(b), delta: pooled(delta) };
}

function finished(config: ModelConfig, { reports, ...kept }: Kept, side: Side): FinishedRun | null {
  const { [side]: capture } = kept;
  const spec = reports[side]?.spec;
  return capture && { config, capture, spec: spec?.engine === 'webgpu' ? forwardSpecOf(spec) : null };
}
