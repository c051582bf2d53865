// The plain form: norms, rotation and activation in standard ONNX operators. Attention is in `plainAttention.ts`.
import { type ActivationName, type RotaryConfig, rotaryTable } from '../engine/index.ts';
import type { Value } from './graph.ts';
import type { GraphContext, NormSite, Operators } from './operators.ts';
import { plainAttention } from './plainAttention.ts';

/** Makes the operators of the plain form. */
export function plainOperators(context: GraphContext): Operators {
  return {
    addNorm: (site, resid, added) => {
      const sum = added === null ? resid : context.graph.op('Add', [resid, added]);
      return { sum, normalized: norm(context, site, sum) };
    },
    norm: (site, x) => norm(context, site, x),
    rotate: (layer, x, nHeads) => {
      const rotary = context.config.rotary[layer] ?? null;
      return rotary === null ? x : rotate(context, rotary, x, nHeads);
    },
    attention: (layer, heads) => plainAttention(context, layer, heads),
    activate: (activation, x) => activate(context, activation, x),
  };
}

/** (x − mean) / √(var + ε) · w + b; RMSNorm has no mean and no b (Zhang & Sennrich 2019, equation 4). */
function norm(
  { graph, config }: GraphContext,
  site: NormSite,
  x: Value, // [1, ...axes, d_model]
): Value {
  const lastAxis = graph.ints(-1);
  const centered = config.normalization === 'RMS' ? x : graph.op('Sub', [x, graph.op('ReduceMean', [x, lastAxis])]);
  const meanSquare = graph.op('ReduceMean', [graph.op('Mul', [centered, centered]), lastAxis]);
  const scale = graph.op('Sqrt', [graph.op('Add', [meanSquare, graph.scalar(config.normEps)])]);
  const normalized = graph.op('Div', [centered, scale]);
  if (site.hooks) {
    graph.hook(site.hooks.scale, scale, [...site.axes, 1]);
    graph.hook(site.hooks.normalized, normalized, [...site.axes, config.dModel]);
  }
  const weighted = graph.op('Mul', [normalized, graph.weight(`${site.name}.w`, site.weights.w, 'vector')]);
  if (site.weights.b === null) return weighted;
  return graph.op('Add', [weighted, graph.weight(`${site.name}.b`, site.weights.b, 'vector')]);
}

/** (x₁, x₂, rest) ↦ (x₁·cos − x₂·sin, x₂·cos + x₁·sin, rest), x₁ and x₂ the halves of the part that turns. */
function rotate(
  context: GraphContext,
  rotary: RotaryConfig,
  x: Value, // [1, pos, nHeads · d_head]
  nHeads: number,
): Value {
  const { graph, config } = context;
  const half = rotary.dim / 2;
  const rest = config.dHead - rotary.dim;
  const parts = [graph.fresh('first'), graph.fresh('second'), ...(rest > 0 ? [graph.fresh('rest')] : [])];
  const heads = graph.op('Reshape', [x, graph.ints(1, -1, nHeads, config.dHead)]);
  const lengths = graph.ints(half, half, ...(rest > 0 ? [rest] : []));
  graph.multi('Split', [heads, lengths], parts, { attributes: { axis: { int: -1 } } });
  const [first = '', second = '', ...unturned] = parts;
  const cos = angles(context, rotary, 'cos');
  const sin = angles(context, rotary, 'sin');
  const product = (a: Value, b: Value) => graph.op('Mul', [a, b]);
  const turnedFirst = graph.op('Sub', [product(first, cos), product(second, sin)]);
  const turnedSecond = graph.op('Add', [product(second, cos), product(first, sin)]);
  const turned = graph.op('Concat', [turnedFirst, turnedSecond, ...unturned], { attributes: { axis: { int: -1 } } });
  return graph.op('Reshape', [turned, graph.ints(1, -1, nHeads * config.dHead)]);
}

/** cos or sin at this run's positions, [1, pos, 1, dim / 2]; gathered once for all layers that turn alike. */
function angles(context: GraphContext, rotary: RotaryConfig, which: 'cos' | 'sin'): Value {
  const { graph, positionIds, maxPositions } = context;
  const name = `${rotaryName(rotary)}.${which}`;
  return graph.shared(`gathered ${name}`, () => {
    const table = Float32Array.from(rotaryTable(rotary, maxPositions)[which]);
    return graph.op('Gather', [graph.table(name, table, [maxPositions, 1, rotary.dim / 2]), positionIds]);
  });
}

/** Names a rotary embedding by all that it depends on. */
export function rotaryName(rotary: RotaryConfig): string {
  const { base, dim, exponentDim = dim, scaling } = rotary;
  return `rotary_${base}_${dim}_${exponentDim}_${JSON.stringify(scaling)}`;
}

function activate({ graph }: GraphContext, activation: ActivationName, x: Value): Value {
  const times = (a: Value, factor: number) => graph.op('Mul', [a, graph.scalar(factor)]);
  const halfTimesOnePlus = (y: Value) => graph.op('Mul', [times(x, 0.5), graph.op('Add', [y, graph.scalar(1)])]);
  switch (activation) {
    case 'silu':
      return graph.op('Mul', [x, graph.op('Sigmoid', [x])]);
    case 'relu':
      return graph.op('Relu', [x]);
    case 'gelu': // x/2 · (1 + erf(x/√2)), Hendrycks & Gimpel 2016
      return halfTimesOnePlus(graph.op('Erf', [times(x, Math.SQRT1_2)]));
    case 'gelu_tanh': {
      // x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))), the same paper
      const cube = graph.op('Mul', [graph.op('Mul', [x, x]), x]);
      const inner = graph.op('Add', [x, times(cube, 0.044715)]);
      return halfTimesOnePlus(graph.op('Tanh', [times(inner, Math.sqrt(2 / Math.PI))]));
    }
    default:
      return activation satisfies never;
  }
}
