// What a run does with its cache (kvCache.ts): its own k and v go where the cache keeps them, and what is read is all that it holds.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { repeatHeads } from '../kernels/heads.ts';
import type { BlockPlace } from './blockPlace.ts';
import { rowAxes, rowStride } from './runContext.ts';

/** Records a copy of k's or v's new rows to where the cache keeps them, and gives all rows; without a cache, the rows themselves. */
export function throughCache(
  part: 'k' | 'v',
  x: GpuTensor, // [pos, heads, d_head]
  { context, layer }: BlockPlace,
): GpuTensor {
  const cached = context.cache?.layers[layer]?.[part];
  if (!cached) return x;
  const yRowStride = rowStride(context, cached);
  const [heads = 1, d = 1] = x.shape.slice(rowAxes(context));
  context.recorder.emit(
    repeatHeads({
      x,
      xRowStride: rowStride(context, x),
      xHeadStride: d,
      y: cached,
      yRowStride,
      yHeadStride: d,
      yOffset: { base: 0, perPosition: yRowStride },
      rows: context.rows,
      heads,
      repeats: 1,
      d,
    }),
  );
  return cached;
}
