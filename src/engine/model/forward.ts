// A whole forward pass, recorded: tokens → residual stream → blocks → logits. It reads as the paper and runs nothing.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import { embed } from '../kernels/embed.ts';
import type { PanelMatrix } from '../kernels/gpuWeight.ts';
import { block, sum } from './block.ts';
import { placeOf } from './blockPlace.ts';
import { norm, unhooked } from './norm.ts';
import { linear, type RunContext, rowStride, rowTensor } from './runContext.ts';

export type ForwardInputs = {
  readonly tokenIds: BufferSlot; // [rows] u32
  readonly positionIds: BufferSlot | null; // [rows] u32, where positions are learned
};

/** Records the pass into the context's recorder and returns the logits: [pos, d_vocab]. */
export function forward(context: RunContext, inputs: ForwardInputs): GpuTensor {
  let stream = embedded(context, inputs);
  context.weights.blocks.forEach((weights, layer) => {
    stream = block(stream, placeOf(context, layer, weights));
  });
  return unembedded(context, stream);
}

function embedded(context: RunContext, { tokenIds, positionIds }: ForwardInputs): GpuTensor {
  const { config, weights, recorder } = context;
  const gathered = columns(
    context,
    weights.lnEmbed ? 'embed.gathered' : 'hook_embed',
    tokenIds,
    weights.W_E,
    config.embedScale,
  );
  const normed = weights.lnEmbed
    ? norm(context, gathered, weights.lnEmbed, { ...unhooked('embed.ln'), out: 'hook_embed' }).out
    : gathered;
  const tokens = recorder.at('hook_embed', normed);
  if (!weights.W_pos || !positionIds) return tokens;
  const positions = recorder.at('hook_pos_embed', columns(context, 'hook_pos_embed', positionIds, weights.W_pos, 1));
  return sum(context, tokens, positions, 'blocks.0.hook_resid_pre');
}

/** The columns of a table, one a row: [pos, d_model]. */
function columns(context: RunContext, label: string, ids: BufferSlot, table: PanelMatrix, scale: number): GpuTensor {
  const y = rowTensor(context, label, [context.config.dModel]);
  context.recorder.emit(embed({ ids, rows: context.rows, table, scale, y, yRowStride: rowStride(context, y) }));
  return y;
}

function unembedded(context: RunContext, stream: GpuTensor): GpuTensor {
  const { config, weights, recorder } = context;
  const names = { scale: 'ln_final.hook_scale', normalized: 'ln_final.hook_normalized', out: 'ln_final.out' };
  let input = stream;
  if (weights.lnFinal) {
    const normed = norm(context, stream, weights.lnFinal, names);
    recorder.at('ln_final.hook_scale', normed.scale);
    recorder.at('ln_final.hook_normalized', normed.normalized);
    input = normed.out;
  }
  const logits = linear(context, 'unembed.hook_out', recorder.at('unembed.hook_in', input), weights.unembed, [
    config.dVocab,
  ]);
  return recorder.at('unembed.hook_out', logits);
}
