// Thumbnails of every head's pattern: each the largest magnitude of the cells that it pools, at most 64 a side.
import { type Activation, type HeadScore, type HeadScores, headScores } from '../engine/index.ts';
import type { PatternAtlas } from './protocol.ts';

const MAX_EXTENT = 64;

/** Pools the patterns of all layers, each [n_heads, query_pos, key_pos]; `other`: of the other run, for max |Δ| a head. */
export function patternAtlas(
  patterns: readonly Activation[],
  other: readonly Activation[] | null,
  tokenIds: readonly number[],
): PatternAtlas {
  const [nHeads = 0, nPos = 0] = patterns[0]?.shape ?? [];
  const extent = Math.min(nPos, MAX_EXTENT);
  const values = new Float32Array(patterns.length * nHeads * extent * extent);
  patterns.forEach((pattern, layer) => {
    for (let head = 0; head < nHeads; head++) {
      const matrix = pattern.values.subarray(head * nPos * nPos, (head + 1) * nPos * nPos);
      pool(matrix, nPos, values, (layer * nHeads + head) * extent * extent, extent);
    }
  });
  const maxAbsDelta = other && patterns.flatMap((pattern, layer) => headDeltas(pattern, other[layer], nHeads));
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
  return { nLayers: patterns.length, nHeads, extent, values, maxAbsDelta, scores };
}

function pool(matrix: Float32Array, nPos: number, out: Float32Array, at: number, extent: number): void {
  for (let query = 0; query < nPos; query++) {
    const row = at + Math.floor((query * extent) / nPos) * extent;
    for (let key = 0; key <= query; key++) {
      const cell = row + Math.floor((key * extent) / nPos);
      out[cell] = Math.max(out[cell] ?? 0, matrix[query * nPos + key] ?? 0);
    }
  }
}

function headDeltas(a: Activation, b: Activation | undefined, nHeads: number): number[] {
  const width = a.values.length / nHeads;
  return Array.from({ length: nHeads }, (_, head) => {
    let most = 0;
    for (let i = head * width; i < (head + 1) * width; i++) {
      most = Math.max(most, Math.abs((a.values[i] ?? 0) - (b?.values[i] ?? 0)));
    }
    return most;
  });
}
