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
  const { config, weights, arithmetic, at } = place;
  const residPre = at('hook_resid_pre', stream);
  const attnOut = at(
    'hook_attn_out',
    postNorm(attention(attentionInputs(residPre, place), place), weights.ln1Post, place),
  );
  const residMid = config.residual === 'serial' ? at('hook_resid_mid', sum(residPre, attnOut, place)) : residPre;
  const normed = norm(
    at('hook_mlp_in', residMid),
    weights.ln2 ?? weights.ln1,
    config,
    {
      scale: (tensor) => at('ln2.hook_scale', tensor),
      normalized: (tensor) => at('ln2.hook_normalized', tensor),
    },
    arithmetic,
  );
  const mlpOut = at('hook_mlp_out', postNorm(mlp(normed, place), weights.ln2Post, place));
  const afterAttn = config.residual === 'serial' ? residMid : sum(residPre, attnOut, place);
  return at('hook_resid_post', sum(afterAttn, mlpOut, place));
}

/** Fused: one normalised input for all. Split: an input a head for each of q, k, v, each normalised for itself. */
function attentionInputs(residPre: ReferenceTensor, place: BlockPlace): AttentionInputs {
  const { config, weights, arithmetic, qkv, kv, at } = place;
  const ln1 = (x: ReferenceTensor) =>
    norm(
      x,
      weights.ln1,
      config,
      {
        scale: (tensor) => at('ln1.hook_scale', tensor),
        normalized: (tensor) => at('ln1.hook_normalized', tensor),
      },
      arithmetic,
    );
  if (qkv === 'fused') {
    const attnIn = place.isWanted('hook_attn_in')
      ? at('hook_attn_in', withHeadAxis(residPre, config.nHeads))
      : residPre;
    const normed = ln1(attnIn);
    return { q: normed, k: normed, v: normed };
  }
  const nKvInputs = kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
  const q = at('hook_q_input', withHeadAxis(residPre, config.nHeads));
  const k = at('hook_k_input', withHeadAxis(residPre, nKvInputs));
  const v = at('hook_v_input', withHeadAxis(residPre, nKvInputs));
  return { q: ln1(q), k: ln1(k), v: ln1(v) };
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
