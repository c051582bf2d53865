// cos and sin of every position's angles, in f64 and rounded once to f32: what RotaryEmbedding calls its caches.
// Frequencies: Su et al. 2021, equation 15; llama3 scaling: transformers modeling_rope_utils._compute_llama3_parameters.
import type { RotaryConfig, RotaryScaling } from '../engine/index.ts';

export type RotaryTables = {
  readonly cos: Float32Array<ArrayBuffer>; // [nPos, dim / 2]
  readonly sin: Float32Array<ArrayBuffer>; // [nPos, dim / 2]
};

/** Computes the tables of `nPos` positions. */
export function rotaryTables(rotary: RotaryConfig, nPos: number): RotaryTables {
  const half = rotary.dim / 2;
  const cos = new Float32Array(nPos * half);
  const sin = new Float32Array(nPos * half);
  for (let pair = 0; pair < half; pair++) {
    const frequency = scaled(rotary.base ** (-pair / half), rotary.scaling);
    for (let pos = 0; pos < nPos; pos++) {
      cos[pos * half + pair] = Math.cos(pos * frequency);
      sin[pos * half + pair] = Math.sin(pos * frequency);
    }
  }
  return { cos, sin };
}

function scaled(frequency: number, scaling: RotaryScaling | null): number {
  if (scaling === null) return frequency;
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const { factor, lowFreqFactor, highFreqFactor, originalNCtx } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < originalNCtx / highFreqFactor) return frequency;
  if (wavelength > originalNCtx / lowFreqFactor) return frequency / factor;
  const smooth = (originalNCtx / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}
