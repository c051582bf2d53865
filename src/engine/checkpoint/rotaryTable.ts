// The angles of rotary embedding (Su et al. 2021), in f64 on the CPU: WGSL's sin and cos promise 2⁻¹¹ on [−π, π] and nothing outside.
import type { RotaryConfig, RotaryScaling } from './modelConfig.ts';

/** Cosines and sines of every position's angles: [pos, dim / 2] each. */
export type RotaryTable = { readonly cos: Float64Array; readonly sin: Float64Array; readonly pairs: number };

/** Computes the table for positions 0 … nPos − 1: [pos, dim / 2] twice. */
export function rotaryTable(rotary: RotaryConfig, nPos: number): RotaryTable {
  const frequencies = rotaryFrequencies(rotary);
  const pairs = frequencies.length;
  const angles = Float64Array.from({ length: nPos * pairs }, (_, i) => {
    return Math.floor(i / pairs) * (frequencies[i % pairs] ?? Number.NaN);
  });
  return { cos: angles.map(Math.cos), sin: angles.map(Math.sin), pairs };
}

/** Computes base^(−2i/dim) of each pair i, in radians a position, scaled where the config says so: [dim / 2]. */
export function rotaryFrequencies({ base, dim, scaling }: RotaryConfig): Float64Array {
  return Float64Array.from({ length: dim / 2 }, (_, i) => scaled(base ** ((-2 * i) / dim), scaling));
}

/** llama3: transformers, modeling_rope_utils.py, _compute_llama3_parameters. */
function scaled(frequency: number, scaling: RotaryScaling | null): number {
  if (scaling === null) return frequency;
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const turns = (scaling.originalNCtx * frequency) / (2 * Math.PI); // in the context that the model was first trained on
  if (turns < scaling.lowFreqFactor) return frequency / scaling.factor;
  if (turns > scaling.highFreqFactor) return frequency;
  const smooth = (turns - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
  return (1 - smooth) * (frequency / scaling.factor) + smooth * frequency;
}
