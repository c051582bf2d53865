// Attention in standard ONNX operators: scores, mask, softmax, weighted values, each a value of the graph with its hook.
// softmax(q·kᵀ·scale + mask)·v, Vaswani et al. 2017, equation 1; repeat_kv as transformers has it, by Expand.
import { blockHook } from '../engine/index.ts';
import type { Value } from './graph.ts';
import { type GraphContext, keyValueHeads } from './operators.ts';

/** Writes the attention of one layer. */
export function plainAttention(
  context: GraphContext,
  layer: number,
  heads: {
    readonly q: Value; // [1, pos, n_heads · d_head]
    readonly k: Value; // [1, pos, kv heads · d_head]
    readonly v: Value; // [1, pos, kv heads · d_head]
  },
): Value {
  // z [1, pos, n_heads · d_head]
  const { graph, config } = context;
  const { nHeads, dHead } = config;
  const q = byHead(context, heads.q, nHeads);
  const k = repeatKeyValue(context, byHead(context, heads.k, keyValueHeads(context)));
  const v = repeatKeyValue(context, byHead(context, heads.v, keyValueHeads(context)));
  const kTransposed = graph.op('Transpose', [k], { attributes: { perm: { ints: [0, 1, 3, 2] } } });
  const products = graph.op('Mul', [
    graph.op('MatMul', [q, kTransposed]),
    graph.scalar(config.attnScales[layer] ?? Number.NaN),
  ]);
  const scores = graph.op('Add', [products, causalMask(context, config.windows[layer] ?? null)]);
  graph.hook(blockHook(layer, 'attn.hook_attn_scores'), scores, [nHeads, 'pos', 'pos']);
  const pattern = graph.op('Softmax', [scores], { attributes: { axis: { int: -1 } } });
  graph.hook(blockHook(layer, 'attn.hook_pattern'), pattern, [nHeads, 'pos', 'pos']);
  const z = graph.op('MatMul', [pattern, v]);
  const byPosition = graph.op('Transpose', [z], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
  return graph.op('Reshape', [byPosition, graph.ints(1, -1, nHeads * dHead)]);
}

/** [1, pos, n · d_head] → [1, n, pos, d_head]. */
function byHead({ graph, config }: GraphContext, x: Value, n: number): Value {
  const heads = graph.op('Reshape', [x, graph.ints(1, -1, n, config.dHead)]);
  return graph.op('Transpose', [heads], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
}

/** Repeats each key/value head for its group, where that is still to be done: [1, kv heads, pos, d_head] → [1, n_heads, pos, d_head]. */
function repeatKeyValue(context: GraphContext, x: Value): Value {
  const { graph, config } = context;
  const { nHeads, dHead } = config;
  const nKeyValueHeads = keyValueHeads(context);
  if (nHeads === nKeyValueHeads) return x;
  const groups = graph.op('Unsqueeze', [x, graph.ints(2)]);
  const repeated = graph.op('Expand', [groups, graph.ints(1, 1, nHeads / nKeyValueHeads, 1, 1)]);
  return graph.op('Reshape', [repeated, graph.ints(1, nHeads, -1, dHead)]);
}

/**
 * 0 where query may see key, −∞ elsewhere, [1, query_pos, key_pos]: 0 ≤ query − key < window.
 * Positions are compared as f32, exact to 2²⁴, because execution providers differ in the integers they compare.
 */
function causalMask({ graph, positionIds }: GraphContext, window: number | null): Value {
  return graph.shared(`mask ${window}`, () => {
    const positions = graph.op('Cast', [positionIds], { attributes: { to: { int: 1 } } });
    const asQuery = graph.op('Unsqueeze', [positions, graph.ints(2)]);
    const asKey = graph.op('Unsqueeze', [positions, graph.ints(1)]);
    const distance = graph.op('Sub', [asQuery, asKey]);
    const isPast = graph.op('GreaterOrEqual', [distance, graph.scalar(0)]);
    const isSeen =
      window === null ? isPast : graph.op('And', [isPast, graph.op('Less', [distance, graph.scalar(window)])]);
    return graph.op('Where', [isSeen, graph.scalar(0), graph.scalar(Number.NEGATIVE_INFINITY)]);
  });
}
