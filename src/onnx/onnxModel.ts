// A checkpoint as an ONNX model in memory: the graph's bytes and the weights beside it, each in a file of its own.
// The graph is written from config and weight views alone; the weights are read when `readExternalData` is called.
import { type Checkpoint, type HookName, runningOrder, sameAnglesUpTo } from '../engine/index.ts';
import { forward } from './forward.ts';
import { fusedOperators } from './fusedOperators.ts';
import { Graph, type GraphWeight, SEQUENCE } from './graph.ts';
import type { GraphContext, GraphForm, GraphLayout, Operators } from './operators.ts';
import { plainOperators } from './plainOperators.ts';
import { encodeModel, type TensorProto } from './proto.ts';
import { readWeight } from './readWeight.ts';
import { whyNotExportable } from './supported.ts';

export type OnnxModel = {
  readonly checkpoint: Checkpoint;
  readonly form: GraphForm;
  readonly hooks: readonly HookName[]; // outputs of the graph beside LOGITS and LAST_LOGITS
  readonly maxPositions: number; // longest run
  readonly inputNames: readonly string[];
  readonly bytes: Uint8Array; // ModelProto
  readonly weights: readonly GraphWeight[]; // the external data that it names
};

export type OnnxModelOptions = {
  readonly form: GraphForm;
  readonly layout?: GraphLayout; // fused and broadcast where left out
  readonly hooks?: readonly HookName[] | 'all'; // none where left out; 'all': every hook that the graph has
  readonly maxPositions?: number; // left out: n_ctx, at most DEFAULT_MAX_POSITIONS and the length at which angles change
};

/** Outputs that every graph has: logits [1, pos, d_vocab] and the last position's alone [1, 1, d_vocab]. */
export const LOGITS = 'logits';
export const LAST_LOGITS = 'last_logits';

const ONE_INPUT: GraphLayout = { qkv: 'fused', kv: 'broadcast' };

/** Long contexts would make rotary tables larger than the model; whoever wants them says so. */
const DEFAULT_MAX_POSITIONS = 4096;

/** opset 21 has all standard operators used here; com.microsoft has one version. */
const OPSETS = [
  { domain: '', version: 21 },
  { domain: 'com.microsoft', version: 1 },
];

/** Writes the graph of a checkpoint. Throws where the architecture or a wanted hook cannot be expressed, saying what can. */
export function buildOnnxModel(checkpoint: Checkpoint, options: OnnxModelOptions): OnnxModel {
  const { config } = checkpoint;
  const why = whyNotExportable(config);
  if (why !== null) throw new Error(why);
  const longest = Math.min(config.nCtx, DEFAULT_MAX_POSITIONS, sameAnglesUpTo(config)); // one rotary table for every prompt
  const { form, layout = ONE_INPUT, maxPositions = longest } = options;
  if (form === 'fused' && (layout.qkv !== 'fused' || layout.kv !== 'broadcast')) {
    throw new Error(
      `the fused graph has one input for q, k and v, and shares key/value heads inside its operators: ` +
        `qkv=${layout.qkv}, kv=${layout.kv} needs the plain form`,
    );
  }
  const hooks = options.hooks === 'all' ? availableHooks(checkpoint, form, layout) : (options.hooks ?? []);
  const graph = new Graph(hooks);
  const inputIds = graph.input({ name: 'input_ids', type: 'i64', dims: SEQUENCE });
  const positionIds = graph.input({ name: 'position_ids', type: 'i64', dims: SEQUENCE });
  const context: GraphContext = { graph, config, positionIds, maxPositions, layout };
  writeOutputs(graph, forward(context, operatorsOf(form, context), checkpoint, inputIds), config.dVocab);
  checkHooks(graph, hooks, form);
  const weights = [...graph.weights.values()];
  const bytes = encodeModel({
    name: `${config.modelType} ${form}`,
    opsets: OPSETS,
    nodes: graph.nodes,
    initialisers: [...graph.constants.values(), ...weights.map(externalTensor)],
    inputs: graph.inputs,
    outputs: graph.outputs,
  });
  return { checkpoint, form, hooks, maxPositions, inputNames: graph.inputs.map(({ name }) => name), bytes, weights };
}

/** Lists the hooks that a graph of this form and layout can show, in running order. */
export function availableHooks(checkpoint: Checkpoint, form: GraphForm, layout: GraphLayout = ONE_INPUT): HookName[] {
  const graph = new Graph([]);
  const context: GraphContext = {
    graph,
    config: checkpoint.config,
    positionIds: 'position_ids',
    maxPositions: 1,
    layout,
  };
  forward(context, operatorsOf(form, context), checkpoint, 'input_ids');
  return [...graph.availableHooks].sort((a, b) => runningOrder(a) - runningOrder(b));
}

function operatorsOf(form: GraphForm, context: GraphContext): Operators {
  return form === 'plain' ? plainOperators(context) : fusedOperators(context);
}

/** Reads every weight that a model names, as the files beside it. */
export async function readExternalData(
  model: OnnxModel,
  signal?: AbortSignal,
): Promise<{ path: string; data: Uint8Array<ArrayBuffer> }[]> {
  const files: { path: string; data: Uint8Array<ArrayBuffer> }[] = [];
  for (const weight of model.weights) {
    const values = await readWeight(model.checkpoint, weight, signal);
    files.push({ path: weight.name, data: new Uint8Array(values.buffer) });
  }
  return files;
}

function writeOutputs(graph: Graph, logits: string, dVocab: number): void {
  graph.multi('Identity', [logits], [LOGITS]);
  const lastPosition = [graph.ints(-1), graph.ints(Number.MAX_SAFE_INTEGER), graph.ints(1)]; // starts, ends, axes
  graph.multi('Slice', [logits, ...lastPosition], [LAST_LOGITS]);
  graph.outputs.push({ name: LOGITS, type: 'f32', dims: [...SEQUENCE, dVocab] });
  graph.outputs.push({ name: LAST_LOGITS, type: 'f32', dims: [1, 1, dVocab] });
}

function checkHooks(graph: Graph, hooks: readonly HookName[], form: GraphForm): void {
  const missing = hooks.find((hook) => !graph.availableHooks.has(hook));
  if (missing === undefined) return;
  const hint =
    form === 'fused'
      ? ' (its fused operators keep scores, pattern and norm scales to themselves: use the plain form)'
      : '';
  throw new Error(
    `the ${form} graph of this model has no ${missing}${hint}; it has ${[...graph.availableHooks].join(', ')}`,
  );
}

function externalTensor({ name, view, layout }: GraphWeight): TensorProto {
  const { rows, columns } = view;
  const dims = { 'as-viewed': [rows, columns], transposed: [columns, rows], vector: [columns] }[layout];
  return { name, type: 'f32', dims, data: { file: name, byteLength: rows * columns * 4 } };
}
