// config.json's rotary fields → RotaryConfig. Two styles: old (rope_theta, rope_scaling, rotary_pct, partial_rotary_factor beside
// the rest) and new (all in rope_parameters; per kind of layer in Gemma-3). Formulas: transformers modeling_rope_utils.py.
import { CheckpointError } from './checkpointError.ts';
import { count, type Fields, nested, positive, text } from './configFields.ts';
import type { RotaryConfig, RotaryScaling } from './modelConfig.ts';

export type RotaryDefaults = {
  readonly dHead: number;
  readonly base: number; // where config.json has none: transformers' own default
  readonly fraction: number; // of d_head that turns, where config.json has none
};

/** Reads the rotary fields of a config whose layers all turn alike. Throws CheckpointError for a scaling that is not supported. */
export function readRotary(fields: Fields, defaults: RotaryDefaults): RotaryConfig {
  const rope = nested(fields, 'rope_parameters') ?? nested(fields, 'rope_scaling');
  return readRope(rope, fields, defaults);
}

/** The same for one set of parameters: `rope` holds them in the new style, or the scaling alone in the old. */
export function readRope(rope: Fields | null, outer: Fields, defaults: RotaryDefaults): RotaryConfig {
  const base = readFirst(rope, outer, ['rope_theta', 'rotary_emb_base'], defaults.base);
  const fraction = readFirst(rope, outer, ['partial_rotary_factor', 'rotary_pct'], defaults.fraction);
  const dim = Math.floor(defaults.dHead * fraction);
  if (fraction > 1 || dim < 2 || dim % 2 !== 0) {
    throw new CheckpointError(
      `${outer.where} turns ${dim} of d_head = ${defaults.dHead} (partial_rotary_factor = ${fraction}), expected an even number from 2 to ${defaults.dHead}.`,
    );
  }
  return { base, dim, style: 'half', scaling: rope ? readScaling(rope) : null };
}

function readFirst(rope: Fields | null, outer: Fields, names: readonly string[], fallback: number): number {
  const fromOuter = positive(outer, names, fallback);
  return rope ? positive(rope, names, fromOuter) : fromOuter;
}

function readScaling(rope: Fields): RotaryScaling | null {
  const kind = text(rope, ['rope_type', 'type'], 'default');
  switch (kind) {
    case 'default':
      return null;
    case 'linear':
      return { kind, factor: positive(rope, 'factor') };
    case 'llama3':
      return readLlama3(rope);
    default:
      throw new CheckpointError(
        `${rope.where} has rope_type = ${kind}, which Splitscope cannot run. Supported: default, linear, llama3.`,
      );
  }
}

function readLlama3(rope: Fields): RotaryScaling {
  const lowFreqFactor = positive(rope, 'low_freq_factor');
  const highFreqFactor = positive(rope, 'high_freq_factor');
  if (highFreqFactor <= lowFreqFactor) {
    throw new CheckpointError(
      `${rope.where} has high_freq_factor = ${highFreqFactor}, expected more than low_freq_factor = ${lowFreqFactor}.`,
    );
  }
  return {
    kind: 'llama3',
    factor: positive(rope, 'factor'),
    lowFreqFactor,
    highFreqFactor,
    originalNCtx: count(rope, 'original_max_position_embeddings'),
  };
}
