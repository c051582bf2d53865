// One transformer block in f64, straight down: residPre → residMid → residPost.
import type { NormWeights } from '../checkpoint/weights.ts';
import { add } from './add.ts';
import { type AttentionInputs, attention, type BlockPlace } from './attention.ts';
import { mlp } from './mlp.ts';
import { NO_NORM_HOOKS, norm } from './norm.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from './referenceTensor.ts';
import { repeatKv } from './repeatKv.ts';

/** Runs one block; every hook of it that the architecture and the mode have is met in running order: [pos, d_model]. */
export function block(
  stream: ReferenceTensor, // [pos, d_model]
  place: BlockPlace,
): ReferenceTensor {
  const { config, weights, at } = place;
  const residPre = at('hook_resid_pre', stream);
  const attnOut = at(
    'hook_attn_out',
    postNorm(attention(attentionInputs(residPre, place), place), weights.ln1Post, place),
  );
  const isBefore = config.normPlace === 'before';
  const ln2 = (x: ReferenceTensor) => shownNorm(x, weights.ln2 ?? weights.ln1, 'ln2', place);
  const withAttn = () => (isBefore ? sum(residPre, attnOut, place) : ln1(sum(residPre, attnOut, place), place));
  const residMid = config.residual === 'serial' ? at('hook_resid_mid', withAttn()) : residPre;
  const mlpIn = at('hook_mlp_in', residMid);
  const normed = isBefore ? ln2(mlpIn) : mlpIn;
  const mlpOut = at('hook_mlp_out', postNorm(mlp(normed, place), weights.ln2Post, place));
  const afterAttn = config.residual === 'serial' ? residMid : sum(residPre, attnOut, place);
  const withMlp = sum(afterAttn, mlpOut, place);
  return at('hook_resid_post', isBefore ? withMlp : ln2(withMlp));
}

function ln1(x: ReferenceTensor, place: BlockPlace): ReferenceTensor {
  return shownNorm(x, place.weights.ln1, 'ln1', place);
}

function shownNorm(
  x: ReferenceTensor,
  weights: NormWeights<ReferenceMatrix>,
  name: 'ln1' | 'ln2',
  { config, arithmetic, at }: BlockPlace,
): ReferenceTensor {
  const hooks = {
    scale: (tensor: ReferenceTensor) => at(`${name}.hook_scale`, tensor),
    normalized: (tensor: ReferenceTensor) => at(`${name}.hook_normalized`, tensor),
  };
  return norm(x, weights, config, hooks, arithmetic);
}

/** Fused: one normalised input for all. Split: an input a head for each of q, k, v, each normalised for itself. */
function attentionInputs(residPre: ReferenceTensor, place: BlockPlace): AttentionInputs {
  const { config, qkv, kv, at } = place;
  const read = (x: ReferenceTensor) => (config.normPlace === 'before' ? ln1(x, place) : x);
  if (qkv === 'fused') {
    const isGrouped = config.nKeyValueHeads < config.nHeads; // which has no such hook (hookAxes.ts)
    const attnIn =
      place.isWanted('hook_attn_in') && !isGrouped
        ? at('hook_attn_in', withHeadAxis(residPre, config.nHeads))
        : residPre;
    const normed = read(attnIn);
    return { q: normed, k: normed, v: normed };
  }
  const nKvInputs = kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
  const q = at('hook_q_input', withHeadAxis(residPre, config.nHeads));
  const k = at('hook_k_input', withHeadAxis(residPre, nKvInputs));
  const v = at('hook_v_input', withHeadAxis(residPre, nKvInputs));
  return { q: read(q), k: read(k), v: read(v) };
}

/** Copies the stream for each head: [pos, heads, d_model]. */
export function withHeadAxis(x: ReferenceTensor, nHeads: number): ReferenceTensor {
  return repeatKv({ shape: [extent(x, 0), 1, extent(x, 1)], values: x.values }, nHeads);
}

function postNorm(
  x: ReferenceTensor, // [pos, d_model]
  weights: NormWeights<ReferenceMatrix> | null,
  { config, arithmetic }: BlockPlace,
): ReferenceTensor {
  return weights ? norm(x, weights, config, NO_NORM_HOOKS, arithmetic) : x;
}

function sum(a: ReferenceTensor, b: ReferenceTensor, { arithmetic }: BlockPlace): ReferenceTensor {
  return { shape: a.shape, values: add(a.values, b.values, arithmetic) };
}
