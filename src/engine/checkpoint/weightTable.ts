// A checkpoint's names → the weights under their mathematical names, by the architecture's row. Translated here once, nowhere else.
import type { QkvNames, WeightNames } from './architectures/architecture.ts';
import { CheckpointError } from './checkpointError.ts';
import type { ModelConfig } from './modelConfig.ts';
import {
  type Axis,
  type Linear,
  type Part,
  slice,
  type TensorShapes,
  type TensorViews,
  tensorViews,
} from './tensorViews.ts';
import type { BlockWeights, MlpWeights, ModelWeights, NormWeights, WeightView } from './weights.ts';

/** Buffers that older transformers saved beside the weights, and weights of a vision tower: known, and no part of this model. */
const KNOWN_EXTRAS =
  /(^|\.)(rotary_emb\.inv_freq|(attn|attention)\.(masked_)?bias)$|(^|\.)(vision_tower|multi_modal_projector)\./;

/** What translating one model needs at every step. */
type Table = { readonly config: ModelConfig; readonly names: WeightNames; readonly views: TensorViews };

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
  const embedding = (module: string, dOut: Axis): Linear => ({ module, dIn: dModel(config), dOut, layout: 'linear' });
  const W_E = views.weight(embedding(base + names.embed, dVocab));
  const unembedName = names.unembed.find((name) => tensors.has(`${name}.weight`)) ?? names.unembed[0] ?? '';
  const unembed = embedding(unembedName, dVocab);
  return {
    W_E,
    W_pos: names.positions === null ? null : views.weight(embedding(base + names.positions, positions(config))),
    lnEmbed: names.embedNorm === null ? null : norm(table, base + names.embedNorm),
    blocks: Array.from({ length: config.nLayers }, (_, layer) => block(table, `${base}${names.layers}.${layer}.`)),
    lnFinal: config.finalNorm && names.lnFinal !== null ? norm(table, base + names.lnFinal) : null,
    W_U: config.tiedUnembedding ? W_E : views.weight(unembed),
    b_U: names.biases.unembed ? views.bias(unembed) : null,
  };
}

function block(table: Table, at: string): BlockWeights<WeightView> {
  const { config, names, views } = table;
  const normAt = (name: string | null) => (name === null ? null : norm(table, at + name));
  const qkNormAt = (name: string | null) =>
    name === null ? null : { w: views.vector(`${at}${name}.weight`, dHead(config)), b: null };
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
    ...mlpOrExperts(table, at),
    ln2Post: normAt(names.ln2Post),
  };
}

type QueryKeyValue = Pick<BlockWeights<WeightView>, 'W_Q' | 'W_K' | 'W_V' | 'b_Q' | 'b_K' | 'b_V'>;

function queryKeyValue({ config, names, views }: Table, at: string): QueryKeyValue {
  const [q, k, v] = queryKeyValueParts(config, names.qkv);
  const linear = (name: string, dOut: Axis): Linear => ({
    module: at + name,
    dIn: dModel(config),
    dOut,
    layout: names.layout,
  });
  const weight = ({ name, dOut, part }: QkvPart) => views.weight(linear(name, dOut), part);
  const bias = ({ name, dOut, part }: QkvPart) => (names.biases.qkv ? views.bias(linear(name, dOut), part) : null);
  return { W_Q: weight(q), W_K: weight(k), W_V: weight(v), b_Q: bias(q), b_K: bias(k), b_V: bias(v) };
}

type QkvPart = { readonly name: string; readonly dOut: Axis; readonly part: Part };

function queryKeyValueParts(config: ModelConfig, qkv: QkvNames): readonly [q: QkvPart, k: QkvPart, v: QkvPart] {
  const { nHeads, nKeyValueHeads, dHead: d } = config;
  const qWidth = nHeads * d;
  const kvWidth = nKeyValueHeads * d;
  switch (qkv.kind) {
    case 'separate': {
      const qOut = heads('n_heads', nHeads, d);
      const kvOut = heads('n_key_value_heads', nKeyValueHeads, d);
      return [
        { name: qkv.q, dOut: qOut, part: slice(0, qWidth) },
        { name: qkv.k, dOut: kvOut, part: slice(0, kvWidth) },
        { name: qkv.v, dOut: kvOut, part: slice(0, kvWidth) },
      ];
    }
    case 'concatenated': {
      const words = `(n_heads + 2 × n_key_value_heads) × d_head = (${nHeads} + 2 × ${nKeyValueHeads}) × ${d}`;
      const whole = { name: qkv.qkv, dOut: { extent: qWidth + 2 * kvWidth, words } };
      return [
        { ...whole, part: slice(0, qWidth) },
        { ...whole, part: slice(qWidth, kvWidth) },
        { ...whole, part: slice(qWidth + kvWidth, kvWidth) },
      ];
    }
    case 'interleaved': {
      const words = `n_heads × 3 × d_head = ${nHeads} × 3 × ${d}`;
      const third = (index: number): QkvPart => ({
        name: qkv.qkv,
        dOut: { extent: 3 * qWidth, words },
        part: { start: index * d, columns: qWidth, columnsPerGroup: d, groupOutputs: 3 * d },
      });
      return [third(0), third(1), third(2)];
    }
    default:
      return qkv satisfies never;
  }
}

function mlpOrExperts(table: Table, at: string): Pick<BlockWeights<WeightView>, 'mlp' | 'experts'> {
  const { config, names, views } = table;
  const { mlp } = names;
  if (mlp.kind !== 'experts') return { mlp: mlpWeights(table, at), experts: null };
  const nExperts = config.experts?.count ?? 0;
  const dOut = { extent: nExperts, words: `n_experts = ${nExperts}` };
  const { gate, up, down } = mlp;
  const expert = (index: number) => gatedWeights(table, { gate, up, down }, `${at}${mlp.experts}.${index}.`);
  return {
    mlp: null,
    experts: {
      W_gate: views.weight({ module: at + mlp.router, dIn: dModel(config), dOut, layout: names.layout }),
      experts: Array.from({ length: nExperts }, (_, index) => expert(index)),
    },
  };
}

function mlpWeights(table: Table, at: string): MlpWeights<WeightView> | null {
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

function gatedWeights(
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

function norm({ config, views }: Table, module: string): NormWeights<WeightView> {
  const w = views.vector(`${module}.weight`, dModel(config));
  return { w, b: config.normalization === 'LN' ? views.vector(`${module}.bias`, dModel(config)) : null };
}

/** A tensor that nothing uses means that the config tells another model, whose numbers would be silently wrong. */
function refuseExtras({ config, names, views }: Table, tensors: TensorShapes): void {
  const tied = config.tiedUnembedding ? names.unembed.map((name) => `${name}.weight`) : [];
  const extras = [...tensors.keys()].filter(
    (name) => !views.used.has(name) && !tied.includes(name) && !KNOWN_EXTRAS.test(name),
  );
  if (extras.length === 0) return;
  const more =
    extras.length > 1 ? ` and ${extras.length - 1} more that a ${config.modelType} model` : ', which this model';
  throw new CheckpointError(
    `The checkpoint has ${extras[0]}${more} of ${config.nLayers} layers does not have. Does config.json belong to this checkpoint?`,
  );
}

function dModel({ dModel: extent }: ModelConfig): Axis {
  return { extent, words: `d_model = ${extent}` };
}

function dMlp({ dMlp: extent }: ModelConfig): Axis {
  return { extent, words: `d_mlp = ${extent}` };
}

function dHead({ dHead: extent }: ModelConfig): Axis {
  return { extent, words: `d_head = ${extent}` };
}

function heads(name: string, nHeads: number, d: number): Axis {
  return { extent: nHeads * d, words: `${name} × d_head = ${nHeads} × ${d}` };
}

function positions({ nCtx, positionOffset }: ModelConfig): Axis {
  const words = positionOffset === 0 ? `n_ctx = ${nCtx}` : `n_ctx + ${positionOffset} = ${nCtx} + ${positionOffset}`;
  return { extent: nCtx + positionOffset, words };
}
