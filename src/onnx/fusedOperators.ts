// The fused form: ONNX Runtime's own operators (docs/ContribOperators.md of the microsoft/onnxruntime repository).
// GroupQueryAttention where key/value heads are shared or a window slides, MultiHeadAttention elsewhere.
import { type ActivationName, type RotaryConfig, rotaryTable } from '../engine/index.ts';
import type { Value } from './graph.ts';
import type { GraphContext, NormSite, Operators } from './operators.ts';
import { rotaryName } from './plainOperators.ts';

/** Makes the operators of the fused form. */
export function fusedOperators(context: GraphContext): Operators {
  return {
    addNorm: (site, resid, added) => addNorm(context, site, resid, added),
    norm: (site, x) => addNorm(context, site, x, null).normalized,
    rotate: (layer, x, nHeads) => {
      const rotary = context.config.rotary[layer] ?? null;
      return rotary === null ? x : rotate(context, rotary, x, nHeads);
    },
    attention: (layer, heads) => {
      const { nHeads, nKeyValueHeads, windows, attnScales } = context.config;
      const window = windows[layer] ?? null;
      const scale = attnScales[layer] ?? Number.NaN;
      if (nHeads === nKeyValueHeads && window === null) return multiHeadAttention(context, heads, scale);
      return groupQueryAttention(context, heads, { scale, window });
    },
    activate: (activation, x) => activate(context, activation, x),
  };
}

type Heads = { readonly q: Value; readonly k: Value; readonly v: Value };

function addNorm({ graph, config }: GraphContext, site: NormSite, resid: Value, added: Value | null) {
  const { w, b } = site.weights;
  const weights = [graph.weight(`${site.name}.w`, w, 'vector')];
  if (b !== null) weights.push(graph.weight(`${site.name}.b`, b, 'vector'));
  const simplified = config.normalization === 'RMS' ? 'Simplified' : '';
  const attributes = { epsilon: config.normEps };
  if (added === null) {
    const normalized = graph.op(`${simplified}LayerNormalization`, [resid, ...weights], {
      attributes: { ...attributes, axis: { int: -1 } },
    });
    return { sum: resid, normalized };
  }
  const [normalized, sum] = [graph.fresh('normalized'), graph.fresh('sum')];
  const opType = `Skip${simplified}LayerNormalization`;
  graph.multi(opType, [resid, added, ...weights], [normalized, '', '', sum], { attributes, microsoft: true });
  return { sum, normalized };
}

function rotate(
  { graph, config, positionIds, maxPositions }: GraphContext,
  rotary: RotaryConfig,
  x: Value, // [1, pos, nHeads · d_head]
  nHeads: number,
): Value {
  const cache = (which: 'cos' | 'sin') => {
    const name = `${rotaryName(rotary)}.${which}`;
    const dims = [maxPositions, rotary.dim / 2];
    return graph.shared(`cache ${name}`, () =>
      graph.table(name, Float32Array.from(rotaryTable(rotary, maxPositions)[which]), dims),
    );
  };
  const partial = rotary.dim < config.dHead;
  return graph.op('RotaryEmbedding', [x, positionIds, cache('cos'), cache('sin')], {
    attributes: {
      interleaved: { int: 0 },
      num_heads: { int: nHeads },
      rotary_embedding_dim: { int: partial ? rotary.dim : 0 },
    },
    microsoft: true,
  });
}

function groupQueryAttention(
  { graph, config }: GraphContext,
  { q, k, v }: Heads,
  { scale, window }: { readonly scale: number; readonly window: number | null },
): Value {
  const noPast = [1, config.nKeyValueHeads, 0, config.dHead];
  const pastKey = graph.table('past_key', new Float32Array(0), noPast);
  const pastValue = graph.table('past_value', new Float32Array(0), noPast);
  const lastKey = graph.input({ name: 'seqlens_k', type: 'i32', dims: [1] }); // keys of past and present together, minus one
  const nKeys = graph.input({ name: 'total_sequence_length', type: 'i32', dims: [] });
  const outputs = [graph.fresh('z'), graph.fresh('present_key'), graph.fresh('present_value')];
  const inputs = [q, k, v, pastKey, pastValue, lastKey, nKeys];
  graph.multi('GroupQueryAttention', inputs, outputs, {
    attributes: {
      num_heads: { int: config.nHeads },
      kv_num_heads: { int: config.nKeyValueHeads },
      scale,
      local_window_size: { int: window ?? -1 },
      do_rotary: { int: 0 },
    },
    microsoft: true,
  });
  return outputs[0] ?? '';
}

function multiHeadAttention({ graph, config }: GraphContext, { q, k, v }: Heads, scale: number): Value {
  return graph.op('MultiHeadAttention', [q, k, v], {
    attributes: {
      num_heads: { int: config.nHeads },
      scale,
      unidirectional: { int: 1 },
    },
    microsoft: true,
  });
}

function activate({ graph }: GraphContext, activation: ActivationName, x: Value): Value {
  switch (activation) {
    case 'silu': // QuickGelu is x·σ(alpha·x)
      return graph.op('QuickGelu', [x], { attributes: { alpha: 1 }, microsoft: true });
    case 'relu':
      return graph.op('Relu', [x]);
    case 'gelu':
      return graph.op('Gelu', [x], { microsoft: true });
    case 'gelu_tanh':
      return graph.op('FastGelu', [x], { microsoft: true });
    default:
      return activation satisfies never;
  }
}
