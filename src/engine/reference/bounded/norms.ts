// RMSNorm and LayerNorm with bounds, in the three steps that their hooks part: scale, normalized, weighed. The scale is f32 in every
// precision; the others are rounded to it.
// ‖x + e‖ lies within ‖e‖ of ‖x‖, so a scale errs by no more than the root mean square of its inputs' errors, besides its own roundings.
import type { NormWeights } from '../../checkpoint/weights.ts';
import { DIVISION, gamma, SMALLEST_PRODUCT, scaleRelativeBound, UNIT_ROUNDOFF } from '../../tensor/tolerances.ts';
import { affine, centre } from '../layerNorm.ts';
import type { NormSettings } from '../norm.ts';
import type { Precision } from '../precision.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from '../referenceTensor.ts';
import { divideByScale, rmsScale, rmsWeigh } from '../rmsNorm.ts';
import { type Estimate, sumOfTerms } from './estimate.ts';
import { heldValues, rounded } from './narrow.ts';

/** A norm's settings, and what its results are rounded to. */
export type BoundedNorm = NormSettings & { readonly precision: Precision };

/** √(mean(x²) + eps) of each row, of the centred row for LayerNorm: [..., 1]. */
export function scaleOf(x: Estimate, settings: NormSettings): Estimate {
  const d = extent(x, -1);
  const c = centred(x, settings);
  const values = rmsScale(c.values, d, settings.normEps);
  const bound = values.map((scale, row) => scale * scaleRelativeBound(d) * 1.01 + rootMeanSquare(c.bound, row, d));
  return { shape: [...x.shape.slice(0, -1), 1], values, bound };
}

/** (x − mean) / scale, or x / scale: [..., d]. */
export function normalizedOf(x: Estimate, scale: Estimate, settings: BoundedNorm): Estimate {
  const d = extent(x, -1);
  const c = centred(x, settings);
  const values = divideByScale(c.values, scale.values, d);
  const bound = values.map((value, i) => {
    const row = Math.floor(i / d);
    const [ofScale, scaleValue] = [scale.bound[row] ?? 0, scale.values[row] ?? Number.NaN];
    const inputs = ((c.bound[i] ?? 0) + Math.abs(value) * ofScale) / Math.max(scaleValue - ofScale, 0);
    return inputs + DIVISION * (Math.abs(value) + inputs) + SMALLEST_PRODUCT;
  });
  return rounded({ shape: x.shape, values, bound }, settings.precision);
}

/** normalized·w + b, or normalized·(w + offset): the shape of x. */
export function weighedOf(x: Estimate, { w, b }: NormWeights<ReferenceMatrix>, settings: BoundedNorm): Estimate {
  const { normalization, normWeightOffset, precision } = settings;
  const weight = weightOf(w, settings);
  const bias = b && heldValues({ shape: [b.columns], values: b.values }, precision);
  const inputs = bias ? [x, weight, bias] : [x, weight];
  const sum = sumOfTerms(inputs, 2, ([normalized = x, scale = weight, shift], arithmetic) => {
    const values =
      normalization === 'LN'
        ? affine(normalized.values, scale.values, shift?.values ?? null, arithmetic)
        : rmsWeigh(normalized.values, scale.values, normWeightOffset, arithmetic);
    return { shape: x.shape, values };
  });
  return rounded(sum, precision);
}

/** A norm's weight as the run holds it; w + offset is rounded to the type where there is an offset. */
function weightOf({ values }: ReferenceMatrix, { normalization, normWeightOffset, precision }: BoundedNorm): Estimate {
  const own = heldValues({ shape: [values.length], values }, precision);
  if (normalization === 'LN' || normWeightOffset === 0) return own;
  const offset: ReferenceTensor = { shape: own.shape, values: values.map((value) => value + normWeightOffset) };
  return { ...own, bound: rounded({ ...offset, bound: own.bound }, precision).bound };
}

/** A whole norm: the shape of x. */
export function normOf(x: Estimate, weights: NormWeights<ReferenceMatrix>, settings: BoundedNorm): Estimate {
  return weighedOf(normalizedOf(x, scaleOf(x, settings), settings), weights, settings);
}

/** The mean errs by d − 1 sums and a division (5 u) of mean|x|, and by its inputs' mean error; the difference rounds once. */
function centred(x: Estimate, { normalization }: NormSettings): Estimate {
  if (normalization === 'RMS') return x;
  const d = extent(x, -1);
  const bound = new Float64Array(x.values.length);
  for (let from = 0; from < bound.length; from += d) {
    const [row, errors] = [x.values.subarray(from, from + d), x.bound.subarray(from, from + d)];
    const meanError = mean(errors);
    const meanMagnitude = mean(row.map(Math.abs)) + meanError;
    for (let i = 0; i < d; i++) {
      const inputs = (errors[i] ?? 0) + meanError + gamma(d + 4) * meanMagnitude;
      bound[from + i] = inputs + UNIT_ROUNDOFF * (Math.abs(row[i] ?? Number.NaN) + meanMagnitude + inputs);
    }
  }
  return { shape: x.shape, values: centre(x.values, d), bound };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rootMeanSquare(values: Float64Array, row: number, d: number): number {
  return Math.sqrt(mean(values.subarray(row * d, (row + 1) * d).map((value) => value * value)));
}
