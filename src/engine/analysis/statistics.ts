// Statistics and a shared-range histogram of captured tensors, for the Inspector. Masked scores (−∞) are left out.
import type { Histogram, TensorStatistics } from './comparison.ts';

const BINS = 48;

/** Summarises one tensor in f64; non-finite elements are counted and left out of the rest. */
export function statisticsOf(values: Float32Array): TensorStatistics {
  let [n, sum, min, max, absMax] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    n += 1;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    absMax = Math.max(absMax, Math.abs(value));
  }
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  return {
    n: values.length,
    min: n === 0 ? 0 : min,
    max: n === 0 ? 0 : max,
    mean,
    std: n === 0 ? 0 : Math.sqrt(squares / n),
    absMax,
    nonFinite: values.length - n,
  };
}

/** Counts both runs' elements in the same bins, from the smallest to the largest value of either. */
export function sharedHistogram(a: Float32Array | null, b: Float32Array | null): Histogram {
  const ranges = [a, b].filter((values) => values !== null).map(statisticsOf);
  const min = Math.min(...ranges.map((range) => range.min));
  const max = Math.max(...ranges.map((range) => range.max));
  const width = (max - min) / BINS || 1;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => min + i * width);
  const count = (values: Float32Array): number[] => {
    const bins = new Array<number>(BINS).fill(0);
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      const bin = Math.min(BINS - 1, Math.floor((value - min) / width));
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    return bins;
  };
  return { edges, a: a ? count(a) : [], b: b ? count(b) : null };
}
