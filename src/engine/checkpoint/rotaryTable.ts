// The angles of rotary embedding (Su et al. 2021), in f64 on the CPU: WGSL's sin and cos promise 2⁻¹¹ on [−π, π] and nothing outside.
import type { RotaryConfig, RotaryScaling } from './modelConfig.ts';

/** Cosines and sines of every position's angles: [pos, dim / 2] each. */
export type RotaryTable = { readonly cos: Float64Array; readonly sin: Float64Array; readonly pairs: number };

/** Computes the table of a prompt of `nPos` positions: [pos, dim / 2] twice. Where `promptLength.ts` says so, a longer one's is another. */
export function rotaryTable(rotary: RotaryConfig, nPos: number): RotaryTable {
  const frequencies = rotaryFrequencies(rotary, nPos);
  const pairs = frequencies.length;
  const angles = Float64Array.from({ length: nPos * pairs }, (_, i) => {
    return Math.floor(i / pairs) * (frequencies[i % pairs] ?? Number.NaN);
  });
  const { scaling } = rotary;
  const size = scaling?.kind === 'yarn' || scaling?.kind === 'longrope' ? scaling.attentionFactor : 1;
  return {
    cos: angles.map((angle) => Math.cos(angle) * size),
    sin: angles.map((angle) => Math.sin(angle) * size),
    pairs,
  };
}

/** Computes base^(−2i/dim) of each pair i, in radians a position, scaled as the config says for a prompt of `nPos`: [dim / 2]. */
export function rotaryFrequencies(rotary: RotaryConfig, nPos: number): Float64Array {
  const { dim, exponentDim = dim, scaling } = rotary;
  const base = grownBase(rotary, nPos);
  const plain = Float64Array.from({ length: dim / 2 }, (_, i) => base ** ((-2 * i) / exponentDim));
  if (scaling === null) return plain;
  return plain.map((frequency, pair) => scaled(frequency, { pair, base, dim: exponentDim, scaling, nPos }));
}

/** Dynamic scaling's base, which grows with every token beyond the context; else the config's own. */
function grownBase({ base, dim, exponentDim = dim, scaling }: RotaryConfig, nPos: number): number {
  if (scaling?.kind !== 'dynamic' || nPos <= scaling.originalNCtx) return base;
  const { factor, originalNCtx } = scaling;
  return base * ((factor * nPos) / originalNCtx - (factor - 1)) ** (exponentDim / (exponentDim - 2));
}

type Place = {
  readonly pair: number;
  readonly base: number;
  readonly dim: number;
  readonly scaling: RotaryScaling;
  readonly nPos: number;
};

/** transformers, modeling_rope_utils.py: _compute_KIND_parameters. */
function scaled(frequency: number, { pair, base, dim, scaling, nPos }: Place): number {
  switch (scaling.kind) {
    case 'dynamic':
      return frequency;
    case 'linear':
      return frequency / scaling.factor;
    case 'llama3':
      return llama3(frequency, scaling);
    case 'yarn':
      return mixed(frequency, scaling.factor, ramp(pair, base, dim, scaling));
    case 'longrope':
      return frequency / (factorsOf(scaling, nPos)[pair] ?? Number.NaN);
    default:
      return scaling satisfies never;
  }
}

function factorsOf(scaling: RotaryScaling & { kind: 'longrope' }, nPos: number): readonly number[] {
  return nPos > scaling.originalNCtx ? scaling.longFactors : scaling.shortFactors;
}

function llama3(frequency: number, scaling: RotaryScaling & { kind: 'llama3' }): number {
  const turns = (scaling.originalNCtx * frequency) / (2 * Math.PI); // in the context that the model was first trained on
  if (turns < scaling.lowFreqFactor) return frequency / scaling.factor;
  if (turns > scaling.highFreqFactor) return frequency;
  const smooth = (turns - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
  return mixed(frequency, scaling.factor, 1 - smooth);
}

/** The frequency, slowed down by `factor` to the share `slowed`. */
function mixed(frequency: number, factor: number, slowed: number): number {
  return slowed * (frequency / factor) + (1 - slowed) * frequency;
}

/** YaRN (Peng et al. 2023, equation 23): 0 for pairs that turn often, 1 for those that turn seldom. */
function ramp(pair: number, base: number, dim: number, scaling: RotaryScaling & { kind: 'yarn' }): number {
  const pairOf = (turns: number) =>
    (dim * Math.log(scaling.originalNCtx / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [first, last] = [pairOf(scaling.betaFast), pairOf(scaling.betaSlow)];
  const low = Math.max(scaling.isTruncated ? Math.floor(first) : first, 0);
  const high = Math.min(scaling.isTruncated ? Math.ceil(last) : last, dim - 1);
  const width = low === high ? 0.001 : high - low;
  return Math.min(1, Math.max(0, (pair - low) / width));
}
