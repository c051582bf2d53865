// The forward pass as a graph: embedding, blocks, unembedding, over config fields. Norms, rotation, attention and activation
// come from the form's operators; what is added to the stream waits for the next norm, which may add it for us.
import {
  type BlockWeights,
  blockHook,
  type Checkpoint,
  type MlpWeights,
  type NormWeights,
  type WeightView,
} from '../engine/index.ts';
import type { Value } from './graph.ts';
import { linear } from './linear.ts';
import { type GraphContext, keyValueHeads, type NormSite, type Operators } from './operators.ts';
import { projections } from './projections.ts';

/** The residual stream between blocks: what is in it, and what is still to be added. */
type Stream = { readonly resid: Value; readonly added: Value | null }; // [1, pos, d_model] each

/** Writes the whole pass; returns logits [1, pos, d_vocab]. */
export function forward(
  context: GraphContext,
  operators: Operators,
  checkpoint: Checkpoint,
  inputIds: Value, // int64 [1, pos]
): Value {
  const { graph, config } = context;
  const { blocks, lnFinal } = checkpoint.weights;
  if (lnFinal === null) throw new Error('internal: a model without a final norm passed whyNotExportable');
  let stream: Stream = { resid: embed(context, checkpoint, inputIds), added: null };
  blocks.forEach((weights, layer) => {
    stream = block(context, operators, { layer, weights, stream });
  });
  const { sum, normalized } = operators.addNorm(finalNorm(lnFinal), stream.resid, stream.added);
  graph.hook(blockHook(config.nLayers - 1, 'hook_resid_post'), sum, ['pos', config.dModel]);
  graph.hook('unembed.hook_in', normalized, ['pos', config.dModel]);
  return unembed(context, checkpoint, normalized);
}

function embed({ graph, config, positionIds }: GraphContext, { weights }: Checkpoint, inputIds: Value): Value {
  const tokens = graph.op('Gather', [graph.weight('W_E', weights.W_E, 'transposed'), inputIds]);
  graph.hook('hook_embed', tokens, ['pos', config.dModel]);
  if (weights.W_pos === null) return tokens;
  const positions = graph.op('Gather', [graph.weight('W_pos', weights.W_pos, 'transposed'), positionIds]);
  graph.hook('hook_pos_embed', positions, ['pos', config.dModel]);
  return graph.op('Add', [tokens, positions]);
}

function unembed({ graph, config }: GraphContext, { weights }: Checkpoint, x: Value): Value {
  const tied = weights.W_U === weights.W_E; // one matrix in memory, then, and turned when it is used
  const W_U = tied
    ? graph.op('Transpose', ['W_E'], { attributes: { perm: { ints: [1, 0] } } })
    : graph.weight('W_U', weights.W_U);
  const product = graph.op('MatMul', [x, W_U]);
  const logits =
    weights.b_U === null ? product : graph.op('Add', [product, graph.weight('b_U', weights.b_U, 'vector')]);
  graph.hook('unembed.hook_out', logits, ['pos', config.dVocab]);
  return logits;
}

function block(
  context: GraphContext,
  operators: Operators,
  { layer, weights, stream }: { layer: number; weights: BlockWeights<WeightView>; stream: Stream },
): Stream {
  const { graph, config } = context;
  if (weights.mlp === null) throw new Error('internal: a mixture of experts passed whyNotExportable');
  const dims = ['pos', config.dModel];
  const isSplit = context.layout.qkv === 'split';
  const ln1 = blockNorm(layer, 'ln1', weights.ln1);
  const attn = operators.addNorm(isSplit ? { ...ln1, hooks: null } : ln1, stream.resid, stream.added);
  if (layer > 0) graph.hook(blockHook(layer - 1, 'hook_resid_post'), attn.sum, dims);
  graph.hook(blockHook(layer, 'hook_resid_pre'), attn.sum, dims);
  const attnOut = attention(context, operators, { layer, weights, attn });
  graph.hook(blockHook(layer, 'hook_attn_out'), attnOut, dims);
  const isSerial = config.residual === 'serial';
  const mlp =
    weights.ln2 === null
      ? attn
      : operators.addNorm(blockNorm(layer, 'ln2', weights.ln2), attn.sum, isSerial ? attnOut : null);
  if (isSerial) graph.hook(blockHook(layer, 'hook_resid_mid'), mlp.sum, dims);
  const mlpOut = feedForward(context, operators, { layer, weights: weights.mlp, x: mlp.normalized });
  graph.hook(blockHook(layer, 'hook_mlp_out'), mlpOut, dims);
  const resid = isSerial ? mlp.sum : graph.op('Add', [attn.sum, attnOut]); // parallel: (pre + attn_out) + mlp_out
  return { resid, added: mlpOut };
}

function attention(
  context: GraphContext,
  operators: Operators,
  {
    layer,
    weights,
    attn,
  }: { layer: number; weights: BlockWeights<WeightView>; attn: { readonly sum: Value; readonly normalized: Value } },
): Value {
  const { graph, config } = context;
  const { nHeads, dHead } = config;
  const kvHeads = keyValueHeads(context);
  const name = `blocks.${layer}.attn`;
  const ln1 = blockNorm(layer, 'ln1', weights.ln1);
  const { q, k, v } = projections(context, operators, { layer, weights, ln1, ...attn });
  graph.hook(blockHook(layer, 'attn.hook_q'), q, ['pos', nHeads, dHead]);
  graph.hook(blockHook(layer, 'attn.hook_k'), k, ['pos', kvHeads, dHead]);
  graph.hook(blockHook(layer, 'attn.hook_v'), v, ['pos', kvHeads, dHead]);
  const rotQ = operators.rotate(layer, q, nHeads);
  const rotK = operators.rotate(layer, k, kvHeads);
  if (config.rotary[layer]) {
    graph.hook(blockHook(layer, 'attn.hook_rot_q'), rotQ, ['pos', nHeads, dHead]);
    graph.hook(blockHook(layer, 'attn.hook_rot_k'), rotK, ['pos', kvHeads, dHead]);
  }
  const z = operators.attention(layer, { q: rotQ, k: rotK, v });
  graph.hook(blockHook(layer, 'attn.hook_z'), z, ['pos', nHeads, dHead]);
  return linear(context, `${name}.o`, z, weights.W_O, weights.b_O);
}

function feedForward(
  context: GraphContext,
  operators: Operators,
  { layer, weights, x }: { layer: number; weights: MlpWeights<WeightView>; x: Value },
): Value {
  const { graph, config } = context;
  const name = `blocks.${layer}.mlp`;
  const dims = ['pos', config.dMlp];
  const linearPart = linear(context, `${name}.in`, x, weights.W_in, weights.b_in);
  const pre = weights.W_gate === null ? linearPart : linear(context, `${name}.gate`, x, weights.W_gate, weights.b_gate);
  graph.hook(blockHook(layer, 'mlp.hook_pre'), pre, dims);
  const activated = operators.activate(config.activation, pre);
  if (weights.W_gate !== null) graph.hook(blockHook(layer, 'mlp.hook_pre_linear'), linearPart, dims);
  const post = weights.W_gate === null ? activated : graph.op('Mul', [activated, linearPart]);
  graph.hook(blockHook(layer, 'mlp.hook_post'), post, dims);
  return linear(context, `${name}.out`, post, weights.W_out, weights.b_out);
}

function blockNorm(layer: number, norm: 'ln1' | 'ln2', weights: NormWeights<WeightView>): NormSite {
  return {
    name: `blocks.${layer}.${norm}`,
    weights,
    axes: ['pos'],
    hooks: {
      scale: blockHook(layer, `${norm}.hook_scale`),
      normalized: blockHook(layer, `${norm}.hook_normalized`),
    },
  };
}

function finalNorm(weights: NormWeights<WeightView>): NormSite {
  const hooks = { scale: 'ln_final.hook_scale', normalized: 'ln_final.hook_normalized' } as const;
  return { name: 'ln_final', weights, axes: ['pos'], hooks };
}
