// The MLP of a block: plain, gated, or gate and up in one tensor. Experts: expertTable.ts.
import { type Linear, slice, type Table } from './tensorViews.ts';
import { dMlp, dModel } from './weightAxes.ts';
import type { MlpWeights, WeightView } from './weights.ts';

/** Finds the MLP of the block whose names begin with `at`; null where it has experts. */
export function mlpWeights(table: Table, at: string): MlpWeights<WeightView> | null {
  const { mlp } = table.names;
  switch (mlp.kind) {
    case 'plain':
      return { W_gate: null, b_gate: null, ...inAndOut(table, at + mlp.up, at + mlp.down) };
    case 'gated':
      return gatedWeights(table, mlp, at);
    case 'gateUp':
      return gateUpWeights(table, at + mlp.gateUp, at + mlp.down);
    case 'experts':
      return null;
    default:
      return mlp satisfies never;
  }
}

/** A gated MLP whose three matrices have names of their own. */
export function gatedWeights(
  table: Table,
  mlp: { readonly gate: string; readonly up: string; readonly down: string },
  at: string,
): MlpWeights<WeightView> {
  const { config, names, views } = table;
  const gate: Linear = { module: at + mlp.gate, dIn: dModel(config), dOut: dMlp(config), layout: names.layout };
  return {
    W_gate: views.weight(gate),
    b_gate: names.biases.mlp ? views.bias(gate) : null,
    ...inAndOut(table, at + mlp.up, at + mlp.down),
  };
}

function inAndOut({ config, names, views }: Table, upModule: string, downModule: string) {
  const { layout, biases } = names;
  const up: Linear = { module: upModule, dIn: dModel(config), dOut: dMlp(config), layout };
  const down: Linear = { module: downModule, dIn: dMlp(config), dOut: dModel(config), layout };
  return {
    W_in: views.weight(up),
    b_in: biases.mlp ? views.bias(up) : null,
    W_out: views.weight(down),
    b_out: biases.mlp ? views.bias(down) : null,
  };
}

/** Phi-3's gate_up_proj: the gate's outputs, then up's. */
function gateUpWeights({ config, names, views }: Table, module: string, downModule: string): MlpWeights<WeightView> {
  const { layout, biases } = names;
  const dOut = { extent: 2 * config.dMlp, words: `2 × d_mlp = 2 × ${config.dMlp}` };
  const gateUp: Linear = { module, dIn: dModel(config), dOut, layout };
  const down: Linear = { module: downModule, dIn: dMlp(config), dOut: dModel(config), layout };
  const gate = slice(0, config.dMlp);
  const up = slice(config.dMlp, config.dMlp);
  return {
    W_gate: views.weight(gateUp, gate),
    b_gate: biases.mlp ? views.bias(gateUp, gate) : null,
    W_in: views.weight(gateUp, up),
    b_in: biases.mlp ? views.bias(gateUp, up) : null,
    W_out: views.weight(down),
    b_out: biases.mlp ? views.bias(down) : null,
  };
}
