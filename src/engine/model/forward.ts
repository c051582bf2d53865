// A whole forward pass, recorded: tokens → residual stream → blocks → logits. It reads as the paper and runs nothing.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import { embed } from '../kernels/embed.ts';
import { matmul } from '../kernels/matmul.ts';
import { block, sum } from './block.ts';
import { placeOf } from './blockPlace.ts';
import type { GpuTable } from './gpuWeights.ts';
import { askedRows } from './logitPositions.ts';
import { type NormHooks, namedOut, norm, unhooked } from './norm.ts';
import { linear, productPlan, type RunContext, rowAxes, rowStride, rowTensor } from './runContext.ts';

export type ForwardInputs = {
  readonly tokenIds: BufferSlot; // [rows] u32
  readonly positionIds: BufferSlot | null; // [rows] u32, where positions are learned
};

/** Records the pass into the context's recorder and returns the logits: [asked pos, d_vocab]. */
export function forward(context: RunContext, inputs: ForwardInputs): GpuTensor {
  let stream = embedded(context, inputs);
  context.weights.blocks.forEach((weights, layer) => {
    context.recorder.beginSegment(layer);
    stream = block(stream, placeOf(context, layer, weights));
  });
  context.recorder.beginSegment(null);
  return unembedded(context, stream);
}

function embedded(context: RunContext, { tokenIds, positionIds }: ForwardInputs): GpuTensor {
  const { config, weights, recorder } = context;
  const gathered = columns(
    context,
    weights.lnEmbed || weights.projectIn ? 'embed.gathered' : 'hook_embed',
    tokenIds,
    weights.W_E,
    config.embedScale,
  );
  const tokens = recorder.at('hook_embed', embeddedInStream(context, gathered));
  if (!weights.W_pos || !positionIds) return tokens;
  const positions = recorder.at('hook_pos_embed', columns(context, 'hook_pos_embed', positionIds, weights.W_pos, 1));
  return sum(context, tokens, positions, 'blocks.0.hook_resid_pre');
}

/** A token's embedding as it joins the stream: normalised or projected where the architecture does: [pos, d_model]. */
function embeddedInStream(context: RunContext, gathered: GpuTensor): GpuTensor {
  const { config, weights } = context;
  if (weights.projectIn) return linear(context, 'hook_embed', gathered, weights.projectIn, [config.dModel]);
  if (!weights.lnEmbed) return gathered;
  return norm(context, gathered, weights.lnEmbed, namedOut(unhooked('embed.ln'), 'hook_embed'));
}

/** The columns of a table, one a row: [pos, d_model], or as wide as the embedding. */
function columns(context: RunContext, label: string, ids: BufferSlot, parts: GpuTable, scale: number): GpuTensor {
  const y = rowTensor(context, label, [parts[0]?.rows ?? context.config.dModel]);
  let firstColumn = 0;
  for (const table of parts) {
    const yRowStride = rowStride(context, y);
    context.recorder.emit(embed({ ids, rows: context.rows, table, firstColumn, scale, y, yRowStride }));
    firstColumn += table.groupColumns;
  }
  return y;
}

/** Records the final norm and the logits of the positions asked for: [asked pos, d_vocab]. */
export function unembedded(context: RunContext, stream: GpuTensor): GpuTensor {
  const { weights, recorder } = context;
  const hooks: NormHooks = {
    names: { scale: 'ln_final.hook_scale', normalized: 'ln_final.hook_normalized', out: 'ln_final.out' },
    scale: (tensor) => recorder.at('ln_final.hook_scale', tensor),
    normalized: (tensor) => recorder.at('ln_final.hook_normalized', tensor),
  };
  const input = weights.lnFinal ? norm(context, stream, weights.lnFinal, hooks) : stream;
  const hooked = recorder.at('unembed.hook_in', input);
  const { projectOut } = weights;
  const narrowed = projectOut
    ? linear(context, 'unembed.projected', hooked, projectOut, [context.config.embedWidth])
    : hooked;
  return recorder.at('unembed.hook_out', logits(context, narrowed));
}

/** x·W_U + b_U for the positions asked for, a product for each part of W_U and each run of positions: [asked pos, d_vocab]. */
function logits(context: RunContext, x: GpuTensor): GpuTensor {
  const { config, weights, spec } = context;
  const asked = askedRows(context.logits, context.batch, context.nPos);
  const shape = [...(context.batch === 1 ? [] : [context.batch]), asked.nPos, config.dVocab];
  const y = context.recorder.allocate('unembed.hook_out', shape, rowAxes(context));
  const [xRowStride, yRowStride] = [rowStride(context, x), rowStride(context, y)];
  let firstColumn = 0;
  for (const { W, b } of weights.unembed) {
    for (const { from, to, rows } of asked.runs) {
      const part = { ...y, offset: y.offset + to * yRowStride + firstColumn };
      const own = { ...x, offset: x.offset + from * xRowStride };
      const strides = { yRowStride, xRowStride, xGroupStride: 0 };
      const { order } = spec;
      const plan = productPlan(context, W, rows);
      context.recorder.emit(matmul({ label: y.label, x: own, rows, w: W, b, y: part, ...strides, order, plan }));
    }
    firstColumn += W.groupColumns;
  }
  return y;
}
