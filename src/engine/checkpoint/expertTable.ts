// The experts of a block behind their router: each with matrices of its own, as checkpoints of transformers 4 have them and
// save_pretrained writes them still, or all in one tensor a matrix, as transformers 5 holds them.
import type { MlpNames } from './architectures/architecture.ts';
import { gatedWeights } from './mlpTable.ts';
import { type Axis, type Linear, slice, type Table } from './tensorViews.ts';
import { dMlp, dModel } from './weightAxes.ts';
import type { BlockWeights, MlpWeights, WeightView } from './weights.ts';

type Experts = NonNullable<BlockWeights<WeightView>['experts']>;
type ExpertNames = Extract<MlpNames, { readonly kind: 'experts' }>;

/** Finds router and experts of the block whose names begin with `at`; null where it has a plain MLP. */
export function expertWeights(table: Table, at: string): Experts | null {
  const { mlp } = table.names;
  if (mlp.kind !== 'experts') return null;
  const { gateUp, down } = mlp.stacked;
  const isTogether = [gateUp, down].some((name) => table.views.has(at + name));
  return isTogether ? together(table, mlp.stacked, at) : apart(table, mlp, at);
}

function apart(table: Table, { router, experts, ...names }: ExpertNames, at: string): Experts {
  return {
    W_gate: routerWeights(table, at + router),
    experts: indices(table).map((index) => gatedWeights(table, names, `${at}${experts}.${index}.`)),
  };
}

/** gate_up_proj [n_experts, 2 · d_mlp, d_model], the gate's rows before up's; down_proj [n_experts, d_model, d_mlp]. */
function together(table: Table, names: ExpertNames['stacked'], at: string): Experts {
  const { config, views } = table;
  const dOut = { extent: 2 * config.dMlp, words: `2 × d_mlp = 2 × ${config.dMlp}` };
  const gateUp: Linear = { module: at + names.gateUp, dIn: dModel(config), dOut, layout: 'linear' };
  const down: Linear = { module: at + names.down, dIn: dMlp(config), dOut: dModel(config), layout: 'linear' };
  const count = nExperts(table);
  const expert = (index: number): MlpWeights<WeightView> => ({
    W_gate: views.stacked(gateUp, { index, count }, slice(0, config.dMlp)),
    b_gate: null,
    W_in: views.stacked(gateUp, { index, count }, slice(config.dMlp, config.dMlp)),
    b_in: null,
    W_out: views.stacked(down, { index, count }),
    b_out: null,
  });
  return { W_gate: routerWeights(table, at + names.router), experts: indices(table).map(expert) };
}

function routerWeights(table: Table, module: string): WeightView {
  return table.views.weight({
    module,
    dIn: dModel(table.config),
    dOut: nExperts(table),
    layout: table.names.layout,
  });
}

function nExperts({ config }: Table): Axis {
  const extent = config.experts?.count ?? 0;
  return { extent, words: `n_experts = ${extent}` };
}

function indices(table: Table): readonly number[] {
  return Array.from({ length: nExperts(table).extent }, (_, index) => index);
}
