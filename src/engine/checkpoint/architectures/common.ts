// What the rows of the table share: head counts, activations, and the fields that only one architecture sets.
import { CheckpointError } from '../checkpointError.ts';
import { count, countOrNull, type Fields, text } from '../configFields.ts';
import type { ActivationName, ModelConfig } from '../modelConfig.ts';

/** Deeper than any model; bounds what a hostile config can make us allocate. */
const MAX_LAYERS = 4096;

/** Fields at their usual values: a row spreads these and sets its own. */
export const USUAL = {
  normPlace: 'before',
  normWeightOffset: 0,
  finalNorm: true,
  maxPositions: null,
  positional: 'rotary',
  positionOffset: 0,
  embedNorm: false,
  embedScale: 1,
  attnSoftCap: null,
  logitSoftCap: null,
  qkNorm: null,
  postNorms: false,
  residual: 'serial',
  gatedMlp: false,
  experts: null,
} as const satisfies Partial<ModelConfig>;

export type Heads = Pick<ModelConfig, 'dModel' | 'embedWidth' | 'nHeads' | 'nKeyValueHeads' | 'dHead' | 'attnScales'>;

export type HeadDefaults = {
  readonly nHeads?: number;
  readonly nKeyValueHeads?: number; // where the field is missing; n_heads where it is null
  readonly dHead?: number; // where the field is missing; else d_model / n_heads
  readonly isPlain?: true; // transformers reads neither head_dim nor num_key_value_heads of this architecture
};

/** Reads widths and head counts, and that they fit each other. */
export function readHeads(fields: Fields, nLayers: number, defaults: HeadDefaults = {}): Heads {
  const dModel = count(fields, ['hidden_size', 'n_embd', 'n_embed']);
  const nHeads = count(fields, ['num_attention_heads', 'n_head', 'num_heads'], defaults.nHeads);
  const { isPlain, nKeyValueHeads: fewer = nHeads, dHead: width = dModel / nHeads } = defaults;
  const nKeyValueHeads = isPlain ? nHeads : (countOrNull(fields, 'num_key_value_heads', fewer) ?? nHeads);
  const dHead = isPlain ? width : count(fields, 'head_dim', width);
  if (!Number.isInteger(dHead)) {
    throw new CheckpointError(
      `${fields.where} has hidden_size = ${dModel} and ${nHeads} heads, expected a multiple of the heads (or a head_dim).`,
    );
  }
  if (nHeads % nKeyValueHeads !== 0) {
    throw new CheckpointError(
      `${fields.where} has num_key_value_heads = ${nKeyValueHeads}, expected a divisor of num_attention_heads = ${nHeads}.`,
    );
  }
  return {
    dModel,
    embedWidth: dModel,
    nHeads,
    nKeyValueHeads,
    dHead,
    attnScales: repeat(nLayers, 1 / Math.sqrt(dHead)),
  };
}

export function readLayerCount(fields: Fields, names: string | readonly string[] = 'num_hidden_layers'): number {
  const nLayers = count(fields, names);
  if (nLayers > MAX_LAYERS) {
    throw new CheckpointError(`${fields.where} has ${nLayers} layers, expected at most ${MAX_LAYERS}.`);
  }
  return nLayers;
}

export function repeat<T>(nLayers: number, value: T): readonly T[] {
  return new Array<T>(nLayers).fill(value);
}

/** transformers' names (activations.py, ACT2FN) → ours. */
const ACTIVATIONS: ReadonlyMap<string, ActivationName> = new Map([
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_new', 'gelu_tanh'],
  ['gelu_fast', 'gelu_tanh'],
  ['gelu_accurate', 'gelu_tanh'],
  ['gelu_pytorch_tanh', 'gelu_tanh'],
  ['gelu_python_tanh', 'gelu_tanh'],
  ['relu', 'relu'],
]);

/** Reads the MLP's activation. Throws CheckpointError for one that is not supported. */
export function readActivation(fields: Fields, names: string | readonly string[], fallback: string): ActivationName {
  const name = text(fields, names, fallback);
  const activation = ACTIVATIONS.get(name);
  if (activation === undefined) {
    throw new CheckpointError(
      `${fields.where} has the activation ${name}, which Splitscope cannot run. Supported: ${[...ACTIVATIONS.keys()].join(', ')}.`,
    );
  }
  return activation;
}
