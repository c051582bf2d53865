// Rotary position embedding (Su et al. 2021) in f64: pairs of the first `dim` elements of a head turn by pos·frequency.
// Twin of kernels/rotary.wgsl; `rotaryTable` holds the angles' cosines and sines, linear and llama3 scaling included.
import type { RotaryConfig, RotaryScaling } from '../checkpoint/modelConfig.ts';
import { extent, type ReferenceTensor } from './referenceTensor.ts';

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

/** Turns q or k: element pairs (i, i + dim/2) or (2i, 2i + 1) by the config's style; the rest stays: [pos, heads, d_head]. */
export function rotary(
  x: ReferenceTensor, // [pos, heads, d_head]
  style: RotaryConfig['style'],
  table: RotaryTable,
): ReferenceTensor {
  const [nHeads, dHead] = [extent(x, 1), extent(x, 2)];
  const values = x.values.slice();
  for (let row = 0; row * dHead < values.length; row++) {
    const pos = Math.floor(row / nHeads);
    for (let i = 0; i < table.pairs; i++) {
      const first = row * dHead + (style === 'half' ? i : 2 * i);
      const second = style === 'half' ? first + table.pairs : first + 1;
      const a = x.values[first] ?? Number.NaN;
      const b = x.values[second] ?? Number.NaN;
      const cos = table.cos[pos * table.pairs + i] ?? Number.NaN;
      const sin = table.sin[pos * table.pairs + i] ?? Number.NaN;
      values[first] = a * cos - b * sin;
      values[second] = b * cos + a * sin;
    }
  }
  return { shape: x.shape, values };
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
