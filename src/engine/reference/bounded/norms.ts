// RMSNorm and LayerNorm with bounds, in the three steps that their hooks part: scale, normalized, weighed.
// ‖x + e‖ lies within ‖e‖ of ‖x‖, so a scale errs by no more than the root mean square of its inputs' errors, besides its own roundings.
import type { NormWeights } from '../../checkpoint/weights.ts';
import { DIVISION, gamma, SMALLEST_PRODUCT, scaleRelativeBound, UNIT_ROUNDOFF } from '../../tensor/tolerances.ts';
import { affine, centre } from '../layerNorm.ts';
import type { NormSettings } from '../norm.ts';
import { extent, type ReferenceMatrix } from '../referenceTensor.ts';
import { divideByScale, rmsScale, rmsWeigh } from '../rmsNorm.ts';
import { type Estimate, sumOfTerms } from './estimate.ts';

/** √(mean(x²) + eps) of each row, of the centred row for LayerNorm: [..., 1]. */
export function scaleOf(x: Estimate, settings: NormSettings): Estimate {
  const d = extent(x, -1);
  const c = centred(x, settings);
  const values = rmsScale(c.values, d, settings.normEps);
  const bound = values.map((scale, row) => scale * scaleRelativeBound(d) * 1.01 + rootMeanSquare(c.bound, row, d));
  return { shape: [...x.shape.slice(0, -1), 1], values, bound };
}

/** (x − mean) / scale, or x / scale: [..., d]. */
export function normalizedOf(x: Estimate, scale: Estimate, settings: NormSettings): Estimate {
  const d = extent(x, -1);
  const c = centred(x, settings);
  const values = divideByScale(c.values, scale.values, d);
  const bound = values.map((value, i) => {
    const row = Math.floor(i / d);
    const [ofScale, scaleValue] = [scale.bound[row] ?? 0, scale.values[row] ?? Number.NaN];
    const inputs = ((c.bound[i] ?? 0) + Math.abs(value) * ofScale) / Math.max(scaleValue - ofScale, 0);
    return inputs + DIVISION * (Math.abs(value) + inputs) + SMALLEST_PRODUCT;
  });
  return { shape: x.shape, values, bound };
}

/** normalized·w + b, or normalized·(w + offset): the shape of x. */
export function weighedOf(x: Estimate, { w, b }: NormWeights<ReferenceMatrix>, settings: NormSettings): Estimate {
  return sumOfTerms([x], 2, ([normalized = x], arithmetic) => {
    const values =
      settings.normalization === 'LN'
        ? affine(normalized.values, w.values, b?.values ?? null, arithmetic)
        : rmsWeigh(normalized.values, w.values, settings.normWeightOffset, arithmetic);
    return { shape: x.shape, values };
  });
}

/** A whole norm: the shape of x. */
export function normOf(x: Estimate, weights: NormWeights<ReferenceMatrix>, settings: NormSettings): Estimate {
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
