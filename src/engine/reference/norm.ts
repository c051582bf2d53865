// A norm of the architecture's kind with its two hooks, scale and normalized, met on the way.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { NormWeights } from '../checkpoint/weights.ts';
import { type Arithmetic, F64 } from './arithmetic.ts';
import { affine, centre } from './layerNorm.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from './referenceTensor.ts';
import { divideByScale, rmsScale, rmsWeigh } from './rmsNorm.ts';

export type NormSettings = Pick<ModelConfig, 'normalization' | 'normEps' | 'normWeightOffset'>;

export type NormHooks = {
  readonly scale: (tensor: ReferenceTensor) => ReferenceTensor; // [..., 1]
  readonly normalized: (tensor: ReferenceTensor) => ReferenceTensor; // [..., d]
};

/** Hooks of a norm that has none of its own in this version. */
export const NO_NORM_HOOKS: NormHooks = { scale: (tensor) => tensor, normalized: (tensor) => tensor };

/** Normalises over the last axis by RMSNorm or LayerNorm, as the config says: the shape of x. */
export function norm(
  x: ReferenceTensor, // [..., d]
  weights: NormWeights<ReferenceMatrix>, // [d]
  settings: NormSettings,
  hooks: NormHooks,
  arithmetic: Arithmetic = F64,
): ReferenceTensor {
  const d = extent(x, -1);
  const centred = settings.normalization === 'LN' ? centre(x.values, d, arithmetic) : x.values;
  const scale = hooks.scale({
    shape: [...x.shape.slice(0, -1), 1],
    values: rmsScale(centred, d, settings.normEps, arithmetic),
  });
  const normalized = hooks.normalized({ shape: x.shape, values: divideByScale(centred, scale.values, d, arithmetic) });
  return { shape: x.shape, values: weighed(normalized.values, weights, settings, arithmetic) };
}

function weighed(
  normalized: Float64Array,
  { w, b }: NormWeights<ReferenceMatrix>,
  { normalization, normWeightOffset }: NormSettings,
  arithmetic: Arithmetic,
): Float64Array {
  switch (normalization) {
    case 'LN':
      return affine(normalized, w.values, b?.values ?? null, arithmetic);
    case 'RMS':
      return rmsWeigh(normalized, w.values, normWeightOffset, arithmetic);
    default:
      return normalization satisfies never;
  }
}
