// A checkpoint's names → the weights under their mathematical names, by the architecture's row. Translated here once, nowhere else.
import type { WeightNames } from './architectures/architecture.ts';
import { CheckpointError } from './checkpointError.ts';
import { expertWeights } from './expertTable.ts';
import { mlpWeights } from './mlpTable.ts';
import type { ModelConfig } from './modelConfig.ts';
import { queryKeyValue } from './qkvTable.ts';
import { type Axis, type Linear, type Table, type TensorShapes, tensorViews } from './tensorViews.ts';
import { dHead, dModel, embedWidth, heads, positions } from './weightAxes.ts';
import type { BlockWeights, ModelWeights, NormWeights, WeightView } from './weights.ts';

/** Buffers that older transformers saved beside the weights, and weights of a vision tower: known, and no part of this model. */
const KNOWN_EXTRAS =
  /(^|\.)(rotary_emb\.inv_freq|(attn|attention)\.(masked_)?bias)$|(^|\.)(vision_tower|multi_modal_projector)\./;

export type WeightTable = {
  readonly weights: ModelWeights<WeightView>;
  readonly used: ReadonlySet<string>; // names of the tensors that the weights are views of
};

/** Finds every weight of a model among a checkpoint's tensors. Throws CheckpointError for one missing, misshapen or left over. */
export function weightTable(config: ModelConfig, names: WeightNames, tensors: TensorShapes): WeightTable {
  const base = names.bases.find((b) => tensors.has(`${b}${names.embed}.weight`)) ?? names.bases[0] ?? '';
  const table: Table = { config, names, views: tensorViews(tensors) };
  const weights = modelWeights(table, base, tensors);
  refuseExtras(table, tensors);
  return { weights, used: table.views.used };
}

function modelWeights(table: Table, base: string, tensors: TensorShapes): ModelWeights<WeightView> {
  const { config, names, views } = table;
  const dVocab = { extent: config.dVocab, words: `d_vocab = ${config.dVocab}` };
  // A table of rows, one a token, is a Linear's [d_out, d_in] with the tokens as outputs.
  const embedding = (module: string, dOut: Axis, dIn = embedWidth(config)): Linear => ({
    module,
    dIn,
    dOut,
    layout: 'linear',
  });
  const projection = (name: string | undefined, dIn: Axis, dOut: Axis) =>
    name === undefined || config.embedWidth === config.dModel ? null : views.weight(embedding(base + name, dOut, dIn));
  const W_E = views.weight(embedding(base + names.embed, dVocab));
  const ownUnembed = names.unembed.find((name) => tensors.has(`${name}.weight`));
  const unembed = embedding(ownUnembed ?? names.unembed[0] ?? '', dVocab);
  // A checkpoint that ties and brings an unembedding all the same: transformers 5 ties only equal ones. Read as its own, both are right.
  const isTied = config.tiedUnembedding && ownUnembed === undefined;
  return {
    W_E,
    projectIn: projection(names.projectIn, embedWidth(config), dModel(config)),
    projectOut: projection(names.projectOut, dModel(config), embedWidth(config)),
    W_pos:
      names.positions === null
        ? null
        : views.weight(embedding(base + names.positions, positions(config), dModel(config))),
    lnEmbed: names.embedNorm === null ? null : norm(table, base + names.embedNorm),
    blocks: Array.from({ length: config.nLayers }, (_, layer) => block(table, `${base}${names.layers}.${layer}.`)),
    lnFinal: config.finalNorm && names.lnFinal !== null ? norm(table, base + names.lnFinal) : null,
    W_U: isTied ? W_E : views.weight(unembed),
    b_U: names.biases.unembed ? views.bias(unembed) : null,
  };
}

function block(table: Table, at: string): BlockWeights<WeightView> {
  const { config, names, views } = table;
  const normAt = (name: string | null) => (name === null ? null : norm(table, at + name));
  const qkNormAt = (name: string | null) =>
    name === null ? null : norm(table, at + name, dHead(config), config.qkNorm);
  const attnOut: Linear = {
    module: at + names.attnOut,
    dIn: heads('n_heads', config.nHeads, config.dHead),
    dOut: dModel(config),
    layout: names.layout,
  };
  return {
    ln1: norm(table, at + names.ln1),
    ...queryKeyValue(table, at),
    qNorm: qkNormAt(names.qNorm),
    kNorm: qkNormAt(names.kNorm),
    W_O: views.weight(attnOut),
    b_O: names.biases.attnOut ? views.bias(attnOut) : null,
    ln1Post: normAt(names.ln1Post),
    ln2: normAt(names.ln2),
    mlp: mlpWeights(table, at),
    experts: expertWeights(table, at),
    ln2Post: normAt(names.ln2Post),
  };
}

function norm(
  { config, views }: Table,
  module: string,
  width: Axis = dModel(config),
  kind: ModelConfig['qkNorm'] = config.normalization,
): NormWeights<WeightView> {
  const w = views.vector(`${module}.weight`, width);
  return { w, b: kind === 'LN' ? views.vector(`${module}.bias`, width) : null };
}

/** A tensor that nothing uses means that the config tells another model, whose numbers would be silently wrong. */
function refuseExtras({ config, views }: Table, tensors: TensorShapes): void {
  const extras = [...tensors.keys()].filter((name) => !views.used.has(name) && !KNOWN_EXTRAS.test(name));
  if (extras.length === 0) return;
  const more =
    extras.length > 1 ? ` and ${extras.length - 1} more that a ${config.modelType} model` : ', which this model';
  throw new CheckpointError(
    `The checkpoint has ${extras[0]}${more} of ${config.nLayers} layers does not have. Does config.json belong to this checkpoint?`,
  );
}
