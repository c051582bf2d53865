// The MLP of one block in f64: plain, gated, or a mixture of experts, as weights and config say.
import type { MlpWeights } from '../checkpoint/weights.ts';
import type { BlockPlace } from './attention.ts';
import { gatedActivation } from './gatedActivation.ts';
import { denseRows, matmul } from './matmul.ts';
import { chooseExperts, expertWeights, moe } from './moe.ts';
import type { BlockHooks } from './referenceHooks.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from './referenceTensor.ts';

/** Computes the MLP of a normalised input [pos, d_model], before any post norm; throws where the block has none: [pos, d_model]. */
export function mlp(x: ReferenceTensor, place: BlockPlace): ReferenceTensor {
  const { layer, weights, at } = place;
  if (weights.experts) return mixture(x, place);
  if (!weights.mlp) throw new Error(`internal: block ${layer} has neither an MLP nor experts`);
  return plainOrGated(x, weights.mlp, place, at);
}

function plainOrGated(
  x: ReferenceTensor, // [pos, d_model]
  weights: MlpWeights<ReferenceMatrix>,
  { config, arithmetic }: BlockPlace,
  at: BlockHooks,
): ReferenceTensor {
  const linear = (W: ReferenceMatrix, b: ReferenceMatrix | null): ReferenceTensor => ({
    shape: [extent(x, 0), W.columns],
    values: matmul(denseRows(x.values, W.rows), W, b, arithmetic),
  });
  const pre = at(
    'mlp.hook_pre',
    linear(weights.W_gate ?? weights.W_in, weights.W_gate ? weights.b_gate : weights.b_in),
  );
  const post = weights.W_gate
    ? gatedActivation(
        config.activation,
        pre.values,
        at('mlp.hook_pre_linear', linear(weights.W_in, weights.b_in)).values,
        arithmetic,
      )
    : pre.values.map((value) => arithmetic.stored(arithmetic.activate(config.activation, value)));
  const hooked = at('mlp.hook_post', { shape: pre.shape, values: post });
  const out = matmul(denseRows(hooked.values, weights.W_out.rows), weights.W_out, weights.b_out, arithmetic);
  return { shape: x.shape, values: out };
}

/** The experts themselves show no hooks; their router shows how it weighs them, and whom it chooses. */
function mixture(x: ReferenceTensor, place: BlockPlace): ReferenceTensor {
  const { config, layer, weights, arithmetic, at } = place;
  if (!weights.experts || !config.experts) throw new Error(`internal: block ${layer} has no experts`);
  const { W_gate, experts } = weights.experts;
  const { count, perToken } = config.experts;
  const nPos = extent(x, 0);
  const logits = matmul(denseRows(x.values, W_gate.rows), W_gate, null, arithmetic);
  const weighed = { shape: [nPos, count], values: expertWeights(logits, count, arithmetic) };
  const { indices, shares } = chooseExperts(
    at('mlp.hook_expert_weights', weighed).values,
    { count, perToken },
    arithmetic,
  );
  const passed = at('mlp.hook_expert_indices', { shape: [nPos, perToken], values: indices });
  const values = moe(
    { indices: passed.values, shares },
    { count, perToken },
    x.values,
    (index, row) => {
      const expert = experts[index];
      if (!expert) throw new Error(`internal: block ${layer} has no expert ${index}`);
      return plainOrGated({ shape: [1, row.length], values: row }, expert, place, (_, tensor) => tensor).values;
    },
    arithmetic,
  );
  return { shape: x.shape, values };
}
