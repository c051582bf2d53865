// An estimate: what an operation gives in f64, and how far from it any sound f32 computation of the same operation may lie, element
// by element. Operations compose: what goes in with a bound comes out with a larger one. Inputs read from a run are exact.
import type { Shape } from '../../tensor/shape.ts';
import { gamma, SMALLEST_PRODUCT, UNIT_ROUNDOFF } from '../../tensor/tolerances.ts';
import { type Arithmetic, F64 } from '../arithmetic.ts';
import type { ReferenceTensor } from '../referenceTensor.ts';
import { MAGNITUDES } from './magnitudes.ts';

export type Estimate = {
  readonly shape: Shape;
  readonly values: Float64Array;
  readonly bound: Float64Array; // as values: the largest error of each
};

/** Takes numbers as they are. */
export function exactly({ shape, values }: ReferenceTensor): Estimate {
  return { shape, values, bound: new Float64Array(values.length) };
}

/** Rearranges: copies numbers with their bounds. */
export function copied(x: Estimate, copy: (tensor: ReferenceTensor) => ReferenceTensor): Estimate {
  const { shape, values } = copy(x);
  return { shape, values, bound: copy({ shape: x.shape, values: x.bound }).values };
}

/** A twin that sums products of its inputs (or of one with weights), written once for f64 and for magnitudes. */
export type SumTwin = (inputs: readonly ReferenceTensor[], arithmetic: Arithmetic) => ReferenceTensor;

/**
 * Bounds a sum of products, in any order, fused or not: γ of the roundings that a term can meet, times the magnitudes that are summed;
 * a product or more that may be flushed; and what the inputs' own errors can come to, which is what the magnitudes grow by.
 */
export function sumOfTerms(inputs: readonly Estimate[], nRoundings: number, twin: SumTwin): Estimate {
  const { shape, values } = twin(inputs, F64);
  const widest = twin(inputs.map(largestOf), MAGNITUDES).values;
  const isExact = inputs.every(({ bound }) => bound.every((error) => error === 0));
  const own = isExact ? widest : twin(inputs, MAGNITUDES).values;
  const bound = widest.map((wide, i) => {
    if (!Number.isFinite(values[i] ?? 0)) return 0; // −∞ of a mask
    return gamma(nRoundings) * wide + (wide - (own[i] ?? Number.NaN)) + 2 * nRoundings * SMALLEST_PRODUCT;
  });
  return { shape, values, bound };
}

/** A function of one number: its value, its own largest error, and its slope, by which the error of its input grows. */
export type Pointwise = (x: number) => { readonly value: number; readonly own: number; readonly slope: number };

/** Applies a function to every element. */
export function pointwise(x: Estimate, of: Pointwise): Estimate {
  const values = new Float64Array(x.values.length);
  const bound = x.values.map((input, i) => {
    const { value, own, slope } = of(input);
    values[i] = value;
    return Number.isFinite(value) ? own + slope * (x.bound[i] ?? 0) : 0;
  });
  return { shape: x.shape, values, bound };
}

/** Adds two estimates, with one rounding of the result. */
export function plus(a: Estimate, b: Estimate): Estimate {
  const values = a.values.map((value, i) => value + (b.values[i] ?? Number.NaN));
  const bound = values.map((value, i) => {
    const inputs = (a.bound[i] ?? 0) + (b.bound[i] ?? 0);
    return Number.isFinite(value) ? inputs + UNIT_ROUNDOFF * (Math.abs(value) + inputs) : 0;
  });
  return { shape: a.shape, values, bound };
}

/** The largest magnitudes that the numbers may have. */
function largestOf({ shape, values, bound }: Estimate): ReferenceTensor {
  return { shape, values: values.map((value, i) => Math.abs(value) + (bound[i] ?? 0)) };
}
