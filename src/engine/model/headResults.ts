// hook_result, what each head adds to the stream: made only where it is asked for. Attention's output stays the one product z·W_O;
// what an edit of hook_result changes is added to it head by head, so that an edit that changes nothing changes no bit.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { headChanges, headResults } from '../kernels/headResults.ts';
import type { BlockPlace } from './blockPlace.ts';
import { headRows, rowStride, rowTensor } from './runContext.ts';

/** Records hook_result where it is wanted, and gives attention's output with what was made of it: [pos, d_model]. */
export function withHeadResults(
  out: GpuTensor, // [pos, d_model], with b_O
  z: GpuTensor, // [pos, n_heads, d_head]
  place: BlockPlace,
): GpuTensor {
  if (!place.isWanted('attn.hook_result')) return out;
  const { context, weights, name } = place;
  const { nHeads, dHead, dModel } = context.config;
  const result = headRows(context, { label: name('attn.hook_result'), nHeads, d: dModel });
  const shape = { rows: context.rows, nHeads, dHead, dModel };
  const rows = { rowStride: rowStride(context, result), headStride: result.strides.at(-2) ?? 0 };
  context.recorder.emit(
    headResults({ ...shape, z, zRowStride: rowStride(context, z), W_O: weights.o.W, result, places: rows }),
  );
  const passed = place.at('attn.hook_result', result);
  if (passed.slot === result.slot) return out;
  const changed = rowTensor(context, name('attn.out_of_results'), [dModel], [name('hook_attn_out')]);
  const outRowStride = rowStride(context, out);
  context.recorder.emit(headChanges({ ...shape, out, outRowStride, result, passed, places: rows, changed }));
  return changed;
}
