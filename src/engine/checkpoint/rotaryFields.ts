// config.json's rotary fields → RotaryConfig. Two styles: old (rope_theta, rope_scaling, rotary_pct, partial_rotary_factor beside
// the rest) and new (all in rope_parameters; per kind of layer in Gemma-3). Formulas: transformers modeling_rope_utils.py.
import { CheckpointError } from './checkpointError.ts';
import { type Fields, nested, positive } from './configFields.ts';
import type { RotaryConfig } from './modelConfig.ts';
import { readScaling } from './rotaryScaling.ts';

export type RotaryDefaults = {
  readonly dHead: number;
  readonly nCtx: number;
  readonly originalNCtx?: number; // where original_max_position_embeddings does not stand beside the rest, and has a default there
  readonly base: number; // where config.json has none: transformers' own default
  readonly fraction: number; // of d_head that turns, where config.json has none
  readonly oddWidth?: 'rounded up'; // what transformers does with it: NeoX and Phi-3 turn whole pairs, the others fail
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
  const width = Math.floor(defaults.dHead * fraction);
  const dim = defaults.oddWidth ? 2 * Math.ceil(width / 2) : width;
  if (fraction > 1 || dim < 2 || dim % 2 !== 0 || dim > defaults.dHead) {
    throw new CheckpointError(
      `${outer.where} turns ${width} of d_head = ${defaults.dHead} (partial_rotary_factor = ${fraction}), expected an even number from 2 to ${defaults.dHead}.`,
    );
  }
  const scaling = rope && readScaling({ ...defaults, rope, outer, pairs: dim / 2 });
  return { base, dim, ...(width === dim ? {} : { exponentDim: width }), style: 'half', scaling };
}

function readFirst(rope: Fields | null, outer: Fields, names: readonly string[], fallback: number): number {
  const fromOuter = positive(outer, names, fallback);
  return rope ? positive(rope, names, fromOuter) : fromOuter;
}
