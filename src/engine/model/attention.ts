// Attention of one block: q, k and v from one input (fused) or an input a head (split), rotary, scores, pattern, z, output.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { type AttentionShape, attnScores, attnZ, softmax, softmaxOnline } from '../kernels/attention.ts';
import { chooseAttentionPlan } from '../kernels/attentionPlan.ts';
import { groupRange } from '../kernels/gpuWeight.ts';
import { repeatHeads, rotary } from '../kernels/heads.ts';
import { matmul } from '../kernels/matmul.ts';
import { chooseRowPlan } from '../kernels/rowPlan.ts';
import type { BlockPlace } from './blockPlace.ts';
import type { GpuNorm } from './gpuWeights.ts';
import { withHeadResults } from './headResults.ts';
import { norm, unhooked } from './norm.ts';
import { linear, productPlan, type RunContext, rowAxes, rowStride, rowTensor } from './runContext.ts';
import { throughCache } from './throughCache.ts';

/** Normalised inputs of the projections: [pos, d_model] for all three, or an input a head: [pos, heads, d_model]. */
export type AttentionInputs =
  | { readonly kind: 'fused'; readonly normed: GpuTensor }
  | { readonly kind: 'split'; readonly q: GpuTensor; readonly k: GpuTensor; readonly v: GpuTensor };

export type Qkv = { readonly q: GpuTensor; readonly k: GpuTensor; readonly v: GpuTensor };

/** Records attention's output with b_O, before any post norm: [pos, d_model]. */
export function attention(inputs: AttentionInputs, place: BlockPlace): GpuTensor {
  const { context, at } = place;
  const projected = inputs.kind === 'fused' ? projectFused(inputs.normed, place) : projectSplit(inputs, place);
  const repeated = context.spec.kv === 'repeat';
  const q = at('attn.hook_q', projected.q);
  const k = at('attn.hook_k', repeated ? repeatKv('attn.hook_k', projected.k, place) : projected.k);
  const v = at('attn.hook_v', repeated ? repeatKv('attn.hook_v', projected.v, place) : projected.v);
  const turned = { q: turnedQ(q, place), k: turnedK(k, place) };
  const z = attend({ q: turned.q, k: throughCache('k', turned.k, place), v: throughCache('v', v, place) }, place);
  return attentionOut(at('attn.hook_z', z), place);
}

/** Records scores, pattern and z of q and k as they are after rotary: [pos, n_heads, d_head]. */
export function attend({ q, k, v }: Qkv, place: BlockPlace): GpuTensor {
  const { context, at, name } = place;
  const shape = attentionShape(place);
  const scores = patternTensor(context, name('attn.hook_attn_scores'));
  context.recorder.emit(
    attnScores({
      ...shape,
      plan: chooseAttentionPlan(context.gpu.adapter, shape),
      q,
      qRowStride: rowStride(context, q),
      k,
      kRowStride: rowStride(context, k),
      scores,
      scale: context.config.attnScales[place.layer] ?? Number.NaN,
      softCap: context.config.attnSoftCap,
      alibiSlopes: { slot: context.alibiSlopes ?? context.none, present: context.alibiSlopes !== null },
    }),
  );
  // What masks leave, −∞ and 0, is skipped by position; an edit may have put something else there.
  const passedScores = at('attn.hook_attn_scores', scores);
  const pattern = patternTensor(context, name('attn.hook_pattern'));
  const unmasked = passedScores.slot !== scores.slot;
  context.recorder.emit(
    (context.spec.softmax === 'online' ? softmaxOnline : softmax)({
      ...shape,
      scores: passedScores,
      pattern,
      unmasked,
      plan: chooseRowPlan(context.gpu.adapter, context.rows * context.config.nHeads),
    }),
  );
  const passedPattern = at('attn.hook_pattern', pattern);
  return weighedValues(passedPattern, v, { place, unmasked: unmasked || passedPattern.slot !== pattern.slot });
}

/** Records z = pattern · v; `unmasked`: what stands beyond the mask counts, since an edit may have put it there. */
export function weighedValues(
  pattern: GpuTensor, // [n_heads, query_pos, key_pos]
  v: GpuTensor, // [pos, heads, d_head]
  { place, unmasked }: { readonly place: BlockPlace; readonly unmasked: boolean },
): GpuTensor {
  const { context, name } = place;
  const z = rowTensor(context, name('attn.hook_z'), [context.config.nHeads, context.config.dHead]);
  const [vRowStride, zRowStride] = [rowStride(context, v), rowStride(context, z)];
  const shape = attentionShape(place);
  const plan = chooseAttentionPlan(context.gpu.adapter, shape);
  context.recorder.emit(attnZ({ ...shape, plan, pattern, unmasked, v, vRowStride, z, zRowStride }));
  return z;
}

/** Records z·W_O + b_O, with what edits of hook_result add: [pos, d_model]. */
export function attentionOut(z: GpuTensor, place: BlockPlace): GpuTensor {
  const { context, weights, name } = place;
  const out = linear(context, name('attn.out'), z, weights.o, [context.config.dModel], [name('hook_attn_out')]);
  return withHeadResults(out, z, place);
}

/** q as scores read it: normalised head for head where the architecture does, then turned. */
export function turnedQ(q: GpuTensor, place: BlockPlace): GpuTensor {
  return turned('attn.hook_rot_q', normedHeads('q_norm', q, place.weights.qNorm, place), place);
}

/** k as scores read it. */
export function turnedK(k: GpuTensor, place: BlockPlace): GpuTensor {
  return turned('attn.hook_rot_k', normedHeads('k_norm', k, place.weights.kNorm, place), place);
}

function attentionShape({ context, layer }: BlockPlace): AttentionShape {
  const { config, spec } = context;
  return {
    batch: context.batch,
    nPos: context.nPos,
    keys: context.keys ?? undefined,
    nHeads: config.nHeads,
    repeats: spec.kv === 'repeat' ? 1 : config.nHeads / config.nKeyValueHeads,
    dHead: config.dHead,
    window: config.windows[layer] ?? null,
  };
}

/** One product with W_Q, W_K and W_V side by side; q, k and v are three views of its result. */
function projectFused(
  normed: GpuTensor, // [pos, d_model]
  { context, weights, name }: BlockPlace,
): Qkv {
  const { nHeads, nKeyValueHeads, dHead } = context.config;
  const allHeads = nHeads + 2 * nKeyValueHeads;
  const heldBy = [name('attn.hook_q'), name('attn.hook_k'), name('attn.hook_v')];
  const qkv = linear(context, name('attn.qkv'), normed, weights.qkv, [allHeads, dHead], heldBy);
  return {
    q: headsOf(context, qkv, 0, nHeads),
    k: headsOf(context, qkv, nHeads, nKeyValueHeads),
    v: headsOf(context, qkv, nHeads + nKeyValueHeads, nKeyValueHeads),
  };
}

/** Three products, each of its own input: with W_Q, with W_K, with W_V. */
function projectSplit(inputs: Qkv, place: BlockPlace): Qkv {
  return { q: projectQ(inputs.q, place), k: projectK(inputs.k, place), v: projectV(inputs.v, place) };
}

/** Records hook_q of a normalised input: [pos, heads, d_model] to [pos, heads, d_head]. */
export function projectQ(x: GpuTensor, place: BlockPlace): GpuTensor {
  return projectHeads('attn.hook_q', x, 0, place.context.config.nHeads, place);
}

/** Records hook_k likewise, by kv head, or for each query head an input of its own. */
export function projectK(x: GpuTensor, place: BlockPlace): GpuTensor {
  const { nHeads, nKeyValueHeads } = place.context.config;
  return projectHeads('attn.hook_k', x, nHeads, nKeyValueHeads, place);
}

/** Records hook_v likewise. */
export function projectV(x: GpuTensor, place: BlockPlace): GpuTensor {
  const { nHeads, nKeyValueHeads } = place.context.config;
  return projectHeads('attn.hook_v', x, nHeads + nKeyValueHeads, nKeyValueHeads, place);
}

/**
 * Projects with some of W_QKV's heads. Where the input has more heads than the weight (kv: repeat, each with an input of its
 * own), each weight head serves its run of inputs.
 */
function projectHeads(
  hook: 'attn.hook_q' | 'attn.hook_k' | 'attn.hook_v',
  x: GpuTensor, // [pos, heads, d_model]
  firstHead: number,
  weightHeads: number,
  { context, weights, name }: BlockPlace,
): GpuTensor {
  const { dHead } = context.config;
  const headStride = x.strides[rowAxes(context)] ?? 0;
  const inputHeads = headStride === 0 ? weightHeads : (x.shape[rowAxes(context)] ?? weightHeads);
  const label = inputHeads === weightHeads && context.spec.kv === 'repeat' ? `${name(hook)}.grouped` : name(hook);
  const y = rowTensor(context, label, [inputHeads, dHead], [name(hook)]);
  const repeats = inputHeads / weightHeads;
  const w = groupRange(weights.qkv.W, firstHead, weightHeads);
  for (let member = 0; member < repeats; member++) {
    context.recorder.emit(
      matmul({
        label,
        x: { ...x, offset: x.offset + member * headStride },
        rows: context.rows,
        w,
        b: weights.qkv.b,
        y: { ...y, offset: y.offset + member * dHead },
        yRowStride: rowStride(context, y),
        yGroupStride: repeats * dHead,
        xRowStride: rowStride(context, x),
        xGroupStride: headStride * repeats,
        order: context.spec.order,
        plan: productPlan(context, w, context.rows),
      }),
    );
  }
  return y;
}

/** Materialises repeat_kv: [pos, n_key_value_heads, d_head] to [pos, n_heads, d_head]. Heads that are apart already pass through. */
function repeatKv(hook: 'attn.hook_k' | 'attn.hook_v', x: GpuTensor, { context, name }: BlockPlace): GpuTensor {
  const { nHeads, dHead } = context.config;
  const heads = x.shape[rowAxes(context)] ?? 1;
  if (heads === nHeads) return x;
  const y = rowTensor(context, name(hook), [nHeads, dHead]);
  context.recorder.emit(
    repeatHeads({
      x,
      xRowStride: rowStride(context, x),
      xHeadStride: dHead,
      y,
      yRowStride: rowStride(context, y),
      yHeadStride: dHead,
      rows: context.rows,
      heads: nHeads,
      repeats: nHeads / heads,
      d: dHead,
    }),
  );
  return y;
}

/** Normalises each head of q or k where the architecture does; not a hook. */
function normedHeads(part: string, x: GpuTensor, weight: GpuNorm | null, place: BlockPlace): GpuTensor {
  if (!weight) return x;
  const { qkNorm, normalization } = place.context.config;
  return norm(place.context, x, weight, unhooked(place.name(`attn.${part}`)), qkNorm ?? normalization);
}

/** Turns q or k by the layer's rotary table, where it has one. */
function turned(hook: 'attn.hook_rot_q' | 'attn.hook_rot_k', x: GpuTensor, place: BlockPlace): GpuTensor {
  const { context, layer, at, name } = place;
  const settings = context.config.rotary[layer];
  const table = context.rotaryTables[layer];
  if (!settings || !table) return x;
  const heads = x.shape[rowAxes(context)] ?? 1;
  const y = rowTensor(context, name(hook), [heads, context.config.dHead]);
  context.recorder.emit(
    rotary({
      x,
      xRowStride: rowStride(context, x),
      xHeadStride: x.strides[rowAxes(context)] ?? 0,
      y,
      yRowStride: rowStride(context, y),
      table,
      firstPosition: context.keys?.firstPosition ?? 0,
      rows: context.rows,
      nPos: context.nPos,
      heads,
      dHead: context.config.dHead,
      rotaryDim: settings.dim,
      interleaved: settings.style === 'interleaved',
    }),
  );
  return at(hook, y);
}

/** A range of heads of a [pos, heads, d_head] tensor, as a view. */
function headsOf(context: RunContext, x: GpuTensor, first: number, heads: number): GpuTensor {
  const axis = rowAxes(context);
  const shape = x.shape.map((extent, at) => (at === axis ? heads : extent));
  return { ...x, shape, offset: x.offset + first * (x.strides[axis] ?? 0) };
}

/** [n_heads, query_pos, key_pos], dense, with a batch axis before it where there is a batch. Of keys a row has as many as there may be. */
function patternTensor(context: RunContext, label: string): GpuTensor {
  const shape = [context.config.nHeads, context.nPos, context.keys?.keyStride ?? context.nPos];
  return context.recorder.allocate(label, context.batch === 1 ? shape : [context.batch, ...shape], 0);
}
