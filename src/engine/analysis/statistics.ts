// Statistics and a shared-range histogram of captured tensors, for the Inspector. Masked scores (−∞) are left out.
import { VALUE_BINS } from '../kernels/inspect.ts';
import { keyOfF32 } from '../tensor/bits.ts';
import type { Histogram, TensorStatistics } from './comparison.ts';
import { type ExactSums, exactSums, momentsOf } from './exactSums.ts';

/** Summarises one tensor, rounded once; non-finite elements are counted and left out of the rest. */
export function statisticsOf(values: Float32Array): TensorStatistics {
  return statisticsOfSums(exactSums(values), values.length);
}

/** The same of a tensor of n elements that was added up. */
export function statisticsOfSums(sums: ExactSums, n: number): TensorStatistics {
  const { counted, min, max } = sums;
  return { n, min, max, ...momentsOf(sums), absMax: Math.max(Math.abs(min), Math.abs(max)), nonFinite: n - counted };
}

/** Counts both runs' elements in the same bins, from the smallest to the largest value of either. */
export function sharedHistogram(a: Float32Array | null, b: Float32Array | null): Histogram {
  const edges = sharedEdges([a, b].filter((values) => values !== null).map(exactSums));
  const count = (values: Float32Array): number[] => {
    const bins = new Array<number>(VALUE_BINS).fill(0);
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      const bin = binOf(value, edges);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    return bins;
  };
  return { edges, a: a ? count(a) : [], b: b ? count(b) : null };
}

type Range = Pick<ExactSums, 'counted' | 'min' | 'max'>;

/** The edges of bins that hold every finite element of the tensors, [VALUE_BINS + 1]. */
export function sharedEdges(tensors: readonly Range[]): number[] {
  const ranges = tensors.filter(({ counted }) => counted > 0);
  const min = ranges.length === 0 ? 0 : Math.min(...ranges.map((range) => range.min));
  const max = ranges.length === 0 ? 0 : Math.max(...ranges.map((range) => range.max));
  const width = (max - min) / VALUE_BINS || 1;
  return Array.from({ length: VALUE_BINS + 1 }, (_, i) => min + i * width);
}

/** Which bin an element stands in: a bin has its lower edge, the last one both. */
function binOf(value: number, edges: readonly number[]): number {
  let [low, high] = [1, VALUE_BINS];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The inner edges as tensorBins.wgsl compares them, [VALUE_BINS − 1]: keys of the least f32 at or above each. */
export function edgeKeys(edges: readonly number[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(edges.slice(1, VALUE_BINS), (edge) => {
    const near = keyOfF32(edge);
    return Math.fround(edge) < edge ? near + 1 : near;
  });
}
