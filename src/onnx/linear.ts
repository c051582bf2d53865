// A product with a weight of the checkpoint, and its bias.
import type { WeightView } from '../engine/index.ts';
import type { Value } from './graph.ts';
import type { GraphContext } from './operators.ts';

/** Writes x·W + b: [1, pos, columns of W]. */
export function linear(
  { graph }: GraphContext,
  name: string,
  x: Value, // [1, pos, rows of W]
  W: WeightView,
  b: WeightView | null,
): Value {
  const product = graph.op('MatMul', [x, graph.weight(`${name}.W`, W)]);
  return b === null ? product : graph.op('Add', [product, graph.weight(`${name}.b`, b, 'vector')]);
}
