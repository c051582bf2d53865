// The last block of a run whose last position alone is asked for: every position gives its key and value, and only the last one
// goes on from there. Its bits are those of the whole block, since each row is computed from its own.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { repeatHeads } from '../kernels/heads.ts';
import { attend, attentionOut, projectK, projectQ, projectV, turnedK, turnedQ } from './attention.ts';
import { isSerial, readByAttention, withAttention, withMlp, writtenByAttention, writtenByMlp } from './block.ts';
import type { BlockPlace } from './blockPlace.ts';
import { unhooked } from './norm.ts';
import { type RunContext, rowAxes, rowStride, rowTensor } from './runContext.ts';

/** The same run's context for its last position alone. */
export function atLastPosition(context: RunContext): RunContext {
  const { nPos, batch } = context;
  const keys = { nKey: nPos, keyStride: nPos, firstPosition: nPos - 1 };
  return { ...context, nPos: 1, rows: batch, logits: 'all', keys };
}

/** Records the last block: `whole` is its place in the run, `last` the same at its last position. [pos, d_model] to [1, d_model]. */
export function lastBlock(
  stream: GpuTensor, // [pos, d_model]
  whole: BlockPlace,
  last: BlockPlace,
): GpuTensor {
  const { nHeads, nKeyValueHeads } = whole.context.config;
  const posAxis = rowAxes(whole.context) - 1;
  const residPre = whole.at('hook_resid_pre', stream);
  const normed = readByAttention(residPre, unhooked(whole.name('ln1')), whole);
  const ofKv = forHeads(normed, nKeyValueHeads);
  const k = turnedK(projectK(ofKv, whole), whole);
  const v = projectV(ofKv, whole);
  const q = turnedQ(projectQ(forHeads(lastRow(normed, posAxis), nHeads), last), last);
  const attnOut = writtenByAttention(attentionOut(attend({ q, k, v }, last), last), last);
  const row = copied(lastRow(residPre, posAxis), last);
  const afterAttn = withAttention(row, attnOut, last);
  const mlpOut = writtenByMlp(isSerial(last) ? afterAttn : row, last);
  return withMlp(afterAttn, mlpOut, last);
}

/** The last position's row as a view, `axis` counting positions and all axes kept: [1, …], or [batch, 1, …]. */
export function lastRow(tensor: GpuTensor, axis: number): GpuTensor {
  const [nPos = 1, stride = 0] = [tensor.shape[axis], tensor.strides[axis]];
  // From one row to the next is now from one prompt to the next.
  const strides = axis === 0 ? tensor.strides : tensor.strides.with(axis, tensor.strides[axis - 1] ?? stride);
  return { ...tensor, shape: tensor.shape.with(axis, 1), strides, offset: tensor.offset + (nPos - 1) * stride };
}

/** Rows in memory of their own: [1, d_model]. */
function copied(x: GpuTensor, { context, name }: BlockPlace): GpuTensor {
  const d = context.config.dModel;
  const y = rowTensor(context, name('resid_pre.last'), [d]);
  const [xRowStride, yRowStride] = [rowStride(context, x), rowStride(context, y)];
  const heads = { heads: 1, repeats: 1, xHeadStride: 0, yHeadStride: 0 };
  context.recorder.emit(repeatHeads({ x, xRowStride, y, yRowStride, rows: context.rows, d, ...heads }));
  return y;
}

/** One input for all heads: [pos, d_model] as [pos, heads, d_model] with a head stride of 0. */
function forHeads(x: GpuTensor, heads: number): GpuTensor {
  const [rows, d] = [x.shape.slice(0, -1), x.shape.at(-1) ?? 1];
  return { ...x, shape: [...rows, heads, d], strides: [...x.strides.slice(0, -1), 0, 1] };
}
