// What the two forms of a graph do differently: norms, rotation, attention, activation. The forward pass (`forward.ts`) is one.
import type { ActivationName, HookName, ModelConfig, NormWeights, WeightView } from '../engine/index.ts';
import type { Graph, Value } from './graph.ts';
import type { Dim } from './proto.ts';

/** plain: standard ONNX operators, every activation a value of the graph. fused: ONNX Runtime's own operators. */
export type GraphForm = 'plain' | 'fused';

/** What the operators are written for. */
export type GraphContext = {
  readonly graph: Graph;
  readonly config: ModelConfig;
  readonly positionIds: Value; // int64 [1, pos]
  readonly maxPositions: number; // rows of the rotary tables
  readonly layout: GraphLayout;
};

/** As in RunSpec: where q, k and v are read from, and how many heads k and v have. The fused form knows the first of each alone. */
export type GraphLayout = { readonly qkv: 'fused' | 'split'; readonly kv: 'broadcast' | 'repeat' };

/** Heads of k and v as the graph hands them on: n_heads where they are repeated. */
export function keyValueHeads({ config, layout }: Pick<GraphContext, 'config' | 'layout'>): number {
  return layout.kv === 'repeat' ? config.nHeads : config.nKeyValueHeads;
}

/** A norm of the model: its weights and what TransformerLens calls its two hooks. */
export type NormSite = {
  readonly name: string; // 'blocks.0.ln1'
  readonly weights: NormWeights<WeightView>;
  readonly axes: readonly Dim[]; // before the normalised one: ['pos'], or ['pos', heads] where each head has an input
  readonly hooks: { readonly scale: HookName; readonly normalized: HookName } | null; // null: it shows none
};

export interface Operators {
  /** Adds to the residual stream (null: nothing yet) and normalises the sum. */
  addNorm(
    site: NormSite,
    resid: Value, // [1, pos, d_model]
    added: Value | null, // [1, pos, d_model]
  ): { readonly sum: Value; readonly normalized: Value }; // [1, pos, d_model] each
  /** Normalises over the last axis. */
  norm(
    site: NormSite,
    x: Value, // [1, ...axes, d_model]
  ): Value; // as x
  /** Turns the first `dim` of each head by its position; the same value where the layer has no rotary embedding. */
  rotate(
    layer: number,
    x: Value, // [1, pos, nHeads · d_head]
    nHeads: number,
  ): Value; // as x
  /** Causal attention, windowed where the layer is; k and v serve a group of query heads each. */
  attention(
    layer: number,
    heads: {
      readonly q: Value; // [1, pos, n_heads · d_head]
      readonly k: Value; // [1, pos, kv heads · d_head], as keyValueHeads counts them
      readonly v: Value; // [1, pos, kv heads · d_head]
    },
  ): Value; // z [1, pos, n_heads · d_head]
  activate(activation: ActivationName, x: Value): Value;
}
