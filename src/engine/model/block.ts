// One transformer block, straight down: residPre → residMid → residPost. An architecture differs by config fields alone.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { BlockHook } from '../hooks/hookName.ts';
import { add } from '../kernels/elementwise.ts';
import { repeatHeads } from '../kernels/heads.ts';
import { type AttentionInputs, attention } from './attention.ts';
import type { BlockPlace } from './blockPlace.ts';
import type { GpuNorm } from './gpuWeights.ts';
import { mlp } from './mlp.ts';
import { type NormHooks, namedOut, norm, unhooked } from './norm.ts';
import { headRows, headsApart, type RunContext, rowElements, rowStride, rowTensor, sharedHeads } from './runContext.ts';

/** Records one block; every hook that the architecture and the mode have is passed in running order: [pos, d_model]. */
export function block(
  stream: GpuTensor, // [pos, d_model]
  place: BlockPlace,
): GpuTensor {
  const residPre = place.at('hook_resid_pre', stream);
  const attnOut = writtenByAttention(attention(inputs(residPre, place), place), place);
  const afterAttn = withAttention(residPre, attnOut, place);
  const mlpOut = writtenByMlp(isSerial(place) ? afterAttn : residPre, place);
  return withMlp(afterAttn, mlpOut, place);
}

/** Tells whether the MLP reads what attention wrote; else both read hook_resid_pre. */
export function isSerial({ context }: BlockPlace): boolean {
  return context.config.residual === 'serial';
}

/** What attention adds to the stream: its output, normalised where the architecture does: [pos, d_model]. */
export function writtenByAttention(attended: GpuTensor, place: BlockPlace): GpuTensor {
  return place.at('hook_attn_out', postNorm(attended, place.weights.ln1Post, 'hook_attn_out', place));
}

/** The stream with attention's part: hook_resid_mid where the MLP follows. */
export function withAttention(residPre: GpuTensor, attnOut: GpuTensor, place: BlockPlace): GpuTensor {
  const { context, at, name } = place;
  if (!isSerial(place)) return sum(context, residPre, attnOut, name('resid_after_attn'));
  const heldBy = [name('hook_resid_mid'), name('hook_mlp_in')];
  return at('hook_resid_mid', summed(residPre, attnOut, { ln: 'ln1', hook: 'hook_resid_mid', heldBy }, place));
}

/** What the MLP adds to the stream: [pos, d_model]. */
export function writtenByMlp(read: GpuTensor, place: BlockPlace): GpuTensor {
  const { context, weights, at } = place;
  const mlpIn = at('hook_mlp_in', read);
  const normed = isNormedBefore(place) ? norm(context, mlpIn, weights.ln2 ?? weights.ln1, shown('ln2', place)) : mlpIn;
  return at('hook_mlp_out', postNorm(mlp(normed, place), weights.ln2Post, 'hook_mlp_out', place));
}

/** The stream with the MLP's part: hook_resid_post. */
export function withMlp(afterAttn: GpuTensor, mlpOut: GpuTensor, place: BlockPlace): GpuTensor {
  const { at, name } = place;
  const next = `blocks.${place.layer + 1}`;
  const readNext = isSerial(place) ? [] : [`${next}.hook_mlp_in`]; // a parallel MLP reads the stream before the block
  const heldBy = [name('hook_resid_post'), `${next}.hook_resid_pre`, ...readNext];
  return at('hook_resid_post', summed(afterAttn, mlpOut, { ln: 'ln2', hook: 'hook_resid_post', heldBy }, place));
}

/** Tells whether attention and MLP read the stream through their norms; else the norms stand in the stream itself. */
function isNormedBefore({ context }: BlockPlace): boolean {
  return context.config.normPlace === 'before';
}

/** What attention's projections read of the stream, or of a head's copy of it. */
export function readByAttention(x: GpuTensor, hooks: NormHooks, place: BlockPlace): GpuTensor {
  return isNormedBefore(place) ? norm(place.context, x, place.weights.ln1, hooks) : x;
}

type Summed = { readonly ln: 'ln1' | 'ln2'; readonly hook: BlockHook; readonly heldBy: readonly string[] };

/** The stream with what a part wrote: the sum, normalised where norms stand in the stream. */
function summed(stream: GpuTensor, written: GpuTensor, { ln, hook, heldBy }: Summed, place: BlockPlace): GpuTensor {
  const { context, weights, name } = place;
  if (isNormedBefore(place)) return sum(context, stream, written, name(hook), heldBy);
  const weight = weights[ln] ?? weights.ln1;
  const both = sum(context, stream, written, name(`${ln}.sum`));
  return norm(context, both, weight, namedOut(shown(ln, place), name(hook), [...heldBy]));
}

/** Fused: one normalised input for all. Split: an input of its own for each of q, k and v, each normalised for itself. */
function inputs(residPre: GpuTensor, place: BlockPlace): AttentionInputs {
  const { context, at } = place;
  const { config, spec } = context;
  if (spec.qkv === 'fused') {
    const normed = readByAttention(attnIn(residPre, place), shown('ln1', place), place);
    return headsApart(context, normed) ? { kind: 'split', q: normed, k: normed, v: normed } : { kind: 'fused', normed };
  }
  const kvHeads = spec.kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
  const q = at('hook_q_input', headInput(residPre, 'hook_q_input', config.nHeads, place));
  const k = at('hook_k_input', headInput(residPre, 'hook_k_input', kvHeads, place));
  const v = at('hook_v_input', headInput(residPre, 'hook_v_input', kvHeads, place));
  // TransformerLens calls ln1 for q, k and v in turn and keeps the last call's hooks: ln1.* are the v input's.
  return {
    kind: 'split',
    q: readByAttention(q, notShown('ln1.q', place), place),
    k: readByAttention(k, notShown('ln1.k', place), place),
    v: readByAttention(v, shown('ln1', place), place),
  };
}

/** On request, the stream with a head axis: each head's input to q, k and v alike; of grouped queries there is none (hookAxes.ts). */
function attnIn(residPre: GpuTensor, place: BlockPlace): GpuTensor {
  const { nHeads, nKeyValueHeads } = place.context.config;
  if (nKeyValueHeads < nHeads || !place.isWanted('hook_attn_in')) return residPre;
  return place.at('hook_attn_in', headInput(residPre, 'hook_attn_in', nHeads, place));
}

/** Copies the stream for each head: one copy that all heads share, or one a head where they are to differ: [pos, heads, d_model]. */
export function headInput(
  residPre: GpuTensor,
  hook: BlockHook,
  nHeads: number,
  { context, name }: BlockPlace,
): GpuTensor {
  const { dModel } = context.config;
  const shared = context.headInputs === 'shared';
  const heads = { label: name(hook), nHeads, d: dModel };
  const y = shared ? sharedHeads(context, heads) : headRows(context, heads);
  context.recorder.emit(
    repeatHeads({
      x: residPre,
      xRowStride: rowStride(context, residPre),
      xHeadStride: 0,
      y,
      yRowStride: rowStride(context, y),
      yHeadStride: shared ? 0 : (y.strides.at(-2) ?? 0),
      rows: context.rows,
      heads: shared ? 1 : nHeads,
      repeats: nHeads,
      d: dModel,
    }),
  );
  return y;
}

/** The norm before attention (ln1) or the MLP (ln2), with its hooks. */
function shown(ln: 'ln1' | 'ln2', { at, name }: BlockPlace): NormHooks {
  return {
    names: { scale: name(`${ln}.hook_scale`), normalized: name(`${ln}.hook_normalized`), out: name(`${ln}.out`) },
    scale: (tensor) => at(`${ln}.hook_scale`, tensor),
    normalized: (tensor) => at(`${ln}.hook_normalized`, tensor),
  };
}

/** The calls of ln1 for q and k: edited as ln1 is, shown by the call for v alone. */
function notShown(label: 'ln1.q' | 'ln1.k', { edited, name }: BlockPlace): NormHooks {
  return {
    ...unhooked(name(label)),
    scale: (tensor) => edited('ln1.hook_scale', tensor),
    normalized: (tensor) => edited('ln1.hook_normalized', tensor),
  };
}

/** The norm after attention or the MLP, where the architecture has one; its output is what the hook shows. */
function postNorm(x: GpuTensor, weight: GpuNorm | null, hook: BlockHook, { context, name }: BlockPlace): GpuTensor {
  if (!weight) return x;
  return norm(context, x, weight, namedOut(unhooked(name(`${hook}.post`)), name(hook)));
}

/** a + b, both [pos, d_model]. */
export function sum(
  context: RunContext,
  a: GpuTensor,
  b: GpuTensor,
  label: string,
  heldBy?: readonly string[],
): GpuTensor {
  const total = rowTensor(context, label, [context.config.dModel], heldBy);
  context.recorder.emit(add(a.slot, b.slot, total, rowElements(context, total)));
  return total;
}
