// q, k and v of one layer. Fused: three products of one normalised input. Split, as TransformerLens' use_split_qkv_input: an input a
// head for each, normalised for itself, and a product a head, as its einsum "pos head d_model, head d_model d_head" has it.
import { type BlockWeights, blockHook, type WeightView } from '../engine/index.ts';
import type { Value } from './graph.ts';
import { linear } from './linear.ts';
import { type GraphContext, keyValueHeads, type NormSite, type Operators } from './operators.ts';

export type ProjectionSite = {
  readonly layer: number;
  readonly weights: BlockWeights<WeightView>;
  readonly ln1: NormSite;
  readonly sum: Value; // residPre, [1, pos, d_model]
  readonly normalized: Value; // ln1 of it, [1, pos, d_model]
};

/** Heads side by side: q [1, pos, n_heads · d_head], k and v [1, pos, kv heads · d_head]. */
export type Projected = { readonly q: Value; readonly k: Value; readonly v: Value };

/** Writes the projections of one layer in the layout of the context. */
export function projections(context: GraphContext, operators: Operators, site: ProjectionSite): Projected {
  return context.layout.qkv === 'split' ? splitInputs(context, operators, site) : oneInput(context, site);
}

function oneInput(context: GraphContext, { layer, weights, normalized: x }: ProjectionSite): Projected {
  const name = `blocks.${layer}.attn`;
  return {
    q: linear(context, `${name}.q`, x, weights.W_Q, weights.b_Q),
    k: repeated(context, linear(context, `${name}.k`, x, weights.W_K, weights.b_K)),
    v: repeated(context, linear(context, `${name}.v`, x, weights.W_V, weights.b_V)),
  };
}

/** Repeats the heads of k or v where the layout says so: [1, pos, n_key_value_heads · d_head] → [1, pos, n_heads · d_head]. */
function repeated(context: GraphContext, x: Value): Value {
  const { graph, config } = context;
  const { nHeads, nKeyValueHeads, dHead } = config;
  if (keyValueHeads(context) === nKeyValueHeads) return x;
  const groups = graph.op('Reshape', [x, graph.ints(1, -1, nKeyValueHeads, 1, dHead)]);
  const copies = graph.op('Expand', [groups, graph.ints(1, 1, 1, nHeads / nKeyValueHeads, 1)]);
  return graph.op('Reshape', [copies, graph.ints(1, -1, nHeads * dHead)]);
}

function splitInputs(context: GraphContext, operators: Operators, site: ProjectionSite): Projected {
  const { layer, weights, ln1 } = site;
  const { config } = context;
  const input = (hook: 'hook_q_input' | 'hook_k_input' | 'hook_v_input', heads: number, isShown: boolean) => {
    const x = withHeadAxis(context, site.sum, heads);
    context.graph.hook(blockHook(layer, hook), x, ['pos', heads, config.dModel]);
    return operators.norm({ ...ln1, axes: ['pos', heads], hooks: isShown ? ln1.hooks : null }, x);
  };
  const kvHeads = keyValueHeads(context);
  const name = `blocks.${layer}.attn`;
  const x = {
    q: input('hook_q_input', config.nHeads, false),
    k: input('hook_k_input', kvHeads, false),
    v: input('hook_v_input', kvHeads, true), // the last of the three calls, whose hooks TransformerLens keeps
  };
  const { nHeads, nKeyValueHeads } = config;
  return {
    q: perHead(context, { name: `${name}.q`, x: x.q, W: weights.W_Q, b: weights.b_Q }, nHeads, nHeads),
    k: perHead(context, { name: `${name}.k`, x: x.k, W: weights.W_K, b: weights.b_K }, nKeyValueHeads, kvHeads),
    v: perHead(context, { name: `${name}.v`, x: x.v, W: weights.W_V, b: weights.b_V }, nKeyValueHeads, kvHeads),
  };
}

/** A copy of the stream for each head: [1, pos, d_model] → [1, pos, heads, d_model]. */
function withHeadAxis({ graph }: GraphContext, x: Value, heads: number): Value {
  return graph.op('Expand', [graph.op('Unsqueeze', [x, graph.ints(2)]), graph.ints(1, 1, heads, 1)]);
}

type Linear = {
  readonly name: string;
  readonly x: Value; // [1, pos, heads, d_model]
  readonly W: WeightView; // [d_model, weight heads · d_head]
  readonly b: WeightView | null;
};

/** One product a head: [1, pos, heads · d_head]. Where there are more heads than W has, each of W's serves a group. */
function perHead(
  { graph, config }: GraphContext,
  { name, x, W, b }: Linear,
  weightHeads: number,
  heads: number,
): Value {
  const { dModel, dHead } = config;
  const columns = graph.op('Reshape', [graph.weight(`${name}.W`, W), graph.ints(dModel, weightHeads, 1, dHead)]);
  const byHead = graph.op('Transpose', [columns], { attributes: { perm: { ints: [1, 2, 0, 3] } } });
  const group = heads / weightHeads;
  const copies = group === 1 ? byHead : graph.op('Expand', [byHead, graph.ints(1, group, 1, 1)]);
  const weight = graph.op('Reshape', [copies, graph.ints(1, heads, dModel, dHead)]);
  const inputs = graph.op('Transpose', [x], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
  const products = graph.op('MatMul', [inputs, weight]); // [1, heads, pos, d_head]
  const byPosition = graph.op('Transpose', [products], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
  if (b === null) return graph.op('Reshape', [byPosition, graph.ints(1, -1, heads * dHead)]);
  const bias = graph.op('Reshape', [graph.weight(`${name}.b`, b, 'vector'), graph.ints(weightHeads, 1, dHead)]);
  const biases = group === 1 ? bias : graph.op('Expand', [bias, graph.ints(1, group, 1)]);
  const sum = graph.op('Add', [byPosition, graph.op('Reshape', [biases, graph.ints(1, 1, heads, dHead)])]);
  return graph.op('Reshape', [sum, graph.ints(1, -1, heads * dHead)]);
}
